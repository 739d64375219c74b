import Foundation

/// The project's own executables, as the build has just made them.
public enum Program {
    /// Where an executable lies: beside the test runner.
    ///
    /// - Parameter name: `hubctl` or `hubworker`.
    /// - Returns: its path.
    public static func path(_ name: String) -> String {
        let runner = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folder = URL(fileURLWithPath: runner).deletingLastPathComponent().path
        // The runner may lie in a bundle folder of its own.
        let candidates = [folder, URL(fileURLWithPath: folder).deletingLastPathComponent().path]
        return candidates.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
            ?? "\(folder)/\(name)"
    }
}
