import Foundation
import TestSupport

/// A tree of kernels' files in btfhub-archive's layout, and archives that are filled from it.
struct KernelTree {
    let directory: TemporaryDirectory

    /// The tree's folder.
    var path: String { directory.path("tree") }

    /// Makes a tree of small kernels, each with types of its own.
    ///
    /// - Parameter count: how many kernels.
    /// - Throws: `Tool.Failure` when one cannot be compiled.
    init(kernels count: Int) throws {
        directory = try TemporaryDirectory()
        for index in 0..<count {
            try add(
                CompiledBTF.kernel("kernel_\(index)", members: 3 + index),
                as: "debian/12/x86_64/6.1.0-\(index + 1)-test.btf"
            )
        }
    }

    /// Makes a tree of the files of a folder, a kernel for each.
    init(ofFilesIn folder: String) throws {
        directory = try TemporaryDirectory()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".btf") }
        for name in names {
            try add(Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))), as: "debian/12/x86_64/\(name)")
        }
    }

    /// Writes a file into the tree.
    func add(_ bytes: [UInt8], as name: String) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: file)
    }

    /// What an archive holds: a line of JSON for each kernel, without the times.
    static func contents(of store: String) throws -> [String] {
        try Tool.run(Program.path("hubctl"), ["list", "--store", store, "--format", "json"]).text
            .split(separator: "\n").map { String($0).replacing(/"stored_at":"[^"]*"/, with: "") }
    }

    /// Starts a command on an archive, in a process of its own.
    static func start(_ program: String, _ arguments: [String], store: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.path(program))
        process.arguments = arguments + ["--store", store]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
