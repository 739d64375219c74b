public import CLibFuzzer
internal import Glibc

/// A program that libFuzzer drives.
public enum FuzzTarget {
    /// Runs libFuzzer with this process's arguments, and ends with its exit status.
    ///
    /// - Parameter handler: tries one input; what it traps on is a finding.
    public static func run(_ handler: @escaping fuzz_input_handler) -> Never {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        let status = withUnsafeMutablePointer(to: &arguments) { pointer in
            pointer.withMemoryRebound(
                to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self,
                capacity: 1
            ) { LLVMFuzzerRunDriver(&count, $0, handler) }
        }
        exit(status)
    }

    /// The bytes of an input.
    public static func bytes(_ data: UnsafePointer<UInt8>?, _ size: Int) -> [UInt8] {
        Array(UnsafeBufferPointer(start: data, count: size))
    }
}
