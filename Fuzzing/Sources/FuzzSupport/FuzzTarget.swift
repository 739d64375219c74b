public import CLibFuzzer

/// A program that libFuzzer drives.
public enum FuzzTarget {
    /// Runs libFuzzer with this process's arguments.
    ///
    /// - Parameter handler: tries one input; what it traps on is a finding.
    /// - Returns: the process's exit status.
    public static func run(_ handler: @escaping fuzz_input_handler) -> Int32 {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        return withUnsafeMutablePointer(to: &arguments) { pointer in
            pointer.withMemoryRebound(
                to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self,
                capacity: 1
            ) { LLVMFuzzerRunDriver(&count, $0, handler) }
        }
    }

    /// The bytes of an input.
    public static func bytes(_ data: UnsafePointer<UInt8>?, _ size: Int) -> [UInt8] {
        Array(UnsafeBufferPointer(start: data, count: size))
    }
}
