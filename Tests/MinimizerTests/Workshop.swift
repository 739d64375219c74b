import BTF
import ELF
import Foundation
import Minimizer
import TestSupport
import Testing

/// A compiler for BPF programs.
enum Compiler: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// Debian's clang, which knows 12 of the 13 kinds of relocation.
    case clang14 = "clang"
    case clang16 = "clang-16"
    /// The clang that comes with Swift.
    case swifts = "the Swift toolchain's clang"

    var testDescription: String { rawValue }

    /// Where it is, or nil when it is not installed.
    var path: String? {
        guard self == .swifts else { return Tool.path(of: rawValue)?.path }
        let beside = Tool.path(of: "swift")?.resolvingSymlinksInPath().deletingLastPathComponent()
        guard let path = beside?.appendingPathComponent("clang").path else { return nil }
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }

    /// Those that are installed; the oldest one can compile all programs but `matches`.
    static var installed: [Compiler] { allCases.filter { $0.path != nil } }

    /// One that knows every kind of relocation.
    static var newest: Compiler { installed.last ?? .clang16 }
}

/// Makes the objects and kernels that tests work on, out of the C sources in Programs/.
enum Workshop {
    /// The folder of C sources.
    static var programs: URL {
        Bundle.module.resourceURL?.appendingPathComponent("Programs") ?? URL(fileURLWithPath: "Programs")
    }

    /// All programs, by the names of their sources.
    static let allPrograms = [
        "ambiguous", "bitfields", "choices", "enumerators", "fields", "flavours", "flexible", "functions", "kernel",
        "matches",
        "narrowing", "shared", "tool_block", "tool_connect", "tool_exec", "tool_groups", "tool_matching", "tool_memory",
        "tool_open", "tool_packets", "tool_sched", "tool_self", "types",
    ]

    /// Compiles one of the programs.
    ///
    /// - Parameters:
    ///   - program: the source's name without its suffix.
    ///   - compiler: the compiler.
    ///   - target: `bpfel` or `bpfeb`.
    ///   - options: more options for clang.
    ///   - directory: where the object goes.
    /// - Returns: the object's path.
    /// - Throws: `Tool.Failure` with what clang says.
    static func compile(
        _ program: String,
        with compiler: Compiler = .newest,
        target: String = "bpfel",
        options: [String] = [],
        in directory: TemporaryDirectory
    ) throws -> String {
        try compile(program, with: compiler, target: target, options: options, to: directory.url.path)
    }

    /// Compiles one of the programs into a folder.
    static func compile(
        _ program: String,
        with compiler: Compiler = .newest,
        target: String = "bpfel",
        options: [String] = [],
        to folder: String
    ) throws -> String {
        let object = "\(folder)/\(program).o"
        guard let clang = compiler.path else { throw Unusable(description: "\(compiler.rawValue) is not installed") }
        try Tool.run(
            clang,
            ["-target", target, "-O2", "-g", "-c", "\(program).c", "-o", object] + options,
            in: programs
        )
        return object
    }

    /// Compiles a program that stands in the test itself.
    static func compile(
        source: String,
        target: String = "bpfel",
        options: [String] = [],
        in directory: TemporaryDirectory
    ) throws -> String {
        let path = try directory.write(source, to: "source.c")
        let object = directory.path("source.o")
        guard let clang = Compiler.newest.path else { throw Unusable(description: "no clang is installed") }
        try Tool.run(
            clang,
            ["-target", target, "-O2", "-g", "-I", programs.path, "-c", path, "-o", object] + options
        )
        return object
    }

    /// The small kernel of `target.c`, as gcc and pahole make it.
    static func smallKernel(in directory: TemporaryDirectory) throws -> String {
        let (object, kernel) = (directory.path("kernel.o"), directory.path("kernel.btf"))
        try Tool.run("gcc", ["-g", "-w", "-c", "target.c", "-o", object], in: programs)
        try Tool.run("pahole", ["--btf_encode_detached=\(kernel)", object])
        return kernel
    }

    /// The compilers whose objects are held against real kernels: all where the environment asks for it, else the newest.
    static var compilersForRealKernels: [Compiler] {
        ProcessInfo.processInfo.environment["BTFHUB_TEST_ALL_COMPILERS"] == nil ? [.newest] : Compiler.installed
    }

    /// The BTF of a real kernel, where the environment names one.
    static var realKernel: String? { ProcessInfo.processInfo.environment["BTFHUB_TEST_VMLINUX_BTF"] }

    /// Reads BTF from a file of its own.
    static func types(_ path: String) throws -> BTF {
        try BTF(parsing: Array(Data(contentsOf: URL(fileURLWithPath: path))))
    }

    /// Reads a whole file.
    static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }

    /// Minimises a kernel for some objects.
    static func minimize(_ kernel: BTF, for objects: [String]) throws -> MinimizedBTF {
        let requests = RelocationRequestLog(of: try objects.map { try BPFObject(path: $0) })
        return try Minimizer(requests).minimize(KernelTypes(vmlinux: kernel))
    }
}
