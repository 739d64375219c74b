import Archive
import BTF
import Bundler
import Foundation
import HubStore
import KernelIdentity
import Minimizer
import TestSupport

/// A store with kernels of several distributions, two of which have the same types, and a program for them.
struct BundleFixture {
    let folder: TemporaryDirectory
    let store: HubStore

    static let first = Result { try CompiledBTF.kernel("first") }
    static let second = Result { try CompiledBTF.kernel("second") }
    /// A kernel whose `task_struct` is another.
    static let third = Result {
        try CompiledBTF.compile("struct task_struct { long flags; int pid; } task; int use(void) { return task.pid; }")
    }
    static let program = Result {
        try CompiledBPF.compile(
            """
            struct task_struct { int pid; int tgid; } __attribute__((preserve_access_index));
            __attribute__((section("kprobe/f"), used)) int program(struct task_struct *task)
            { return task->pid + task->tgid; }
            """
        )
    }

    static let kernels: [(name: String, buildID: String?, btf: Result<[UInt8], any Error>)] = [
        ("centos/7/x86_64/3.10.0-1160.el7.x86_64", "c0de07", first),
        ("debian/12/arm64/6.1.0-9-arm64", "aa01", second),
        ("debian/12/x86_64/6.1.0-56-cloud-amd64", "aa02", first),
        ("debian/12/x86_64/6.1.0-57-cloud-amd64", "aa03", third),
        ("fedora/38/x86_64/6.2.9-300.fc38.x86_64", nil, first),
        ("ubuntu/20.04/x86_64/5.4.0-42-generic", "bb01", second),
    ]

    init() throws {
        folder = try TemporaryDirectory()
        store = try HubStore(folder.path("hub.db"), access: .create)
        for kernel in Self.kernels { try add(kernel.name, buildID: kernel.buildID, kernel.btf.get()) }
    }

    func add(_ name: String, buildID: String? = nil, _ btf: [UInt8]) throws {
        let kernel = try KernelName(parsing: name)
        try store.add(NewKernel(name: kernel, buildID: buildID.flatMap { BuildID($0) }, btf: btf))
    }

    static func requests(named name: String = "app.o") throws -> RelocationRequestLog {
        RelocationRequestLog(objects: try ProgramRequests.read(program.get(), name: name))
    }

    /// What the program comes to on a kernel, made without the bundler.
    static func minimized(_ kernel: Result<[UInt8], any Error>) throws -> [UInt8] {
        try Minimizer(requests()).minimize(KernelTypes(vmlinux: try BTF(parsing: kernel.get()))).bytes
    }

    func plan(
        _ layout: BundleLayout,
        _ filter: KernelFilter = .all,
        compression: Compression? = nil,
        requests: RelocationRequestLog? = nil
    ) throws -> BundlePlan {
        let request = try BundleRequest(
            requests: try requests ?? Self.requests(),
            filter: filter,
            layout: layout,
            compression: compression
        )
        return try BundlePlan(request, from: store)
    }

    /// Writes a bundle to a file of the fixture's folder.
    func write(_ plan: BundlePlan, to name: String, cache: String? = nil) throws -> BundleReport {
        var bytes: [UInt8] = []
        let report = try plan.write(cache: cache, to: { bytes += $0 })
        try Data(bytes).write(to: URL(fileURLWithPath: folder.path(name)))
        return report
    }

    /// Writes the files of a bundle into a folder of the fixture's folder.
    func writeFiles(_ plan: BundlePlan, to name: String) throws -> BundleReport {
        let path = folder.path(name)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return try plan.writeFiles(to: { file, bytes in
            try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(file)"))
        })
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: folder.path(name))))
    }

    /// Runs a Python script with arguments and returns what it prints.
    func python(_ script: String, _ arguments: String...) throws -> [UInt8] {
        Array(try Tool.run("python3", ["-c", script] + arguments).output)
    }
}
