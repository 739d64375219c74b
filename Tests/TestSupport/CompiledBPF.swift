internal import Foundation

/// Real BPF objects from C source, made by clang.
public enum CompiledBPF {
    /// Compiles a CO-RE program.
    ///
    /// - Parameter source: the C source; structs that are relocated carry `preserve_access_index`.
    /// - Returns: the bytes of the ELF object.
    /// - Throws: `Tool.Failure` when clang is missing or fails.
    public static func compile(_ source: String) throws -> [UInt8] {
        let folder = try TemporaryDirectory()
        let file = try folder.write(source, to: "program.c")
        try Tool.run("clang", ["-target", "bpf", "-g", "-O2", "-c", file, "-o", folder.path("program.o")])
        return Array(try Data(contentsOf: URL(fileURLWithPath: folder.path("program.o"))))
    }
}
