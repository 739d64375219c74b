internal import Foundation

/// Inputs that tests make, kept as seeds for the fuzz targets: scripts/fuzz runs the tests for them.
///
/// Nothing is kept unless BTFHUB_CORPUS names a folder.
public enum Corpus {
    /// What a seed is for: the name of a fuzz target.
    public enum Target: String {
        /// Raw BTF.
        case btf
        /// ELF files with DWARF or BTF.
        case elf
        /// Boot images, and whatever else a kernel may be packed in.
        case image
    }

    /// The largest seed; larger ones only slow the fuzzer down.
    private static let sizeLimit = 1 << 16

    /// Keeps an input.
    ///
    /// - Parameters:
    ///   - bytes: the input; left out where it is large.
    ///   - target: what it is for.
    /// - Throws: an error when it cannot be written.
    public static func keep(_ bytes: [UInt8], for target: Target) throws {
        let environment = ProcessInfo.processInfo.environment
        guard let folder = environment["BTFHUB_CORPUS"], bytes.count <= sizeLimit else { return }
        let directory = URL(fileURLWithPath: folder).appendingPathComponent(target.rawValue)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // FNV-1a: the same input has the same name.
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        try Data(bytes).write(to: directory.appendingPathComponent(String(hash, radix: 16)))
    }

    /// Keeps a file.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - target: what it is for.
    /// - Throws: an error when it cannot be read or written.
    public static func keep(fileAt path: String, for target: Target) throws {
        guard ProcessInfo.processInfo.environment["BTFHUB_CORPUS"] != nil else { return }
        try keep(Array(Data(contentsOf: URL(fileURLWithPath: path))), for: target)
    }
}
