import BTF
import Conversion
import Foundation
import HubStore
import HubWorker
import KernelIdentity
import KernelPackages
import TestSupport
import Testing

@Suite("Ingesting modules")
struct WorkerModuleTests {
    let fixture: WorkerFixture
    private let debian = KernelNaming(distribution: "debian", version: "bookworm")
    private let name: KernelName

    init() throws {
        fixture = try WorkerFixture()
        name = try KernelName(parsing: "debian/12/x86_64/6.1.0-1-amd64")
    }

    private var directory: TemporaryDirectory { fixture.repository.directory }

    /// A module with a structure of its own and one of the kernel's, as gcc compiles it.
    private func module(_ structure: String) throws -> String {
        let source = try directory.write(
            """
            struct task_struct { int pid; struct task_struct *parent; char comm[16]; };
            struct \(structure) { long count; struct task_struct *owner; } \(structure);
            int owner_of_\(structure)(struct \(structure) *of) { return of->owner->pid; }

            """,
            to: "\(structure)-module.c"
        )
        let path = directory.path("\(structure).ko")
        try Tool.run("gcc", ["-g", "-O1", "-c", "-o", path, source])
        return path
    }

    /// A package of a kernel with modules, one of which is none and one another kernel's.
    private func package(imagePath: String = "usr/lib/debug/boot/vmlinux-6.1.0-1-amd64") throws -> String {
        let folder = "usr/lib/debug/lib/modules/6.1.0-1-amd64/kernel"
        return try fixture.repository.add(
            "linux-image-6.1.0-1-amd64-dbg",
            version: "6.1.1-1",
            files: [
                imagePath: try fixture.image(),
                "\(folder)/fs/first.ko": try module("first"),
                "\(folder)/net/second-module.ko.debug": try module("second"),
                "\(folder)/net/broken.ko": try directory.write("no module", to: "broken"),
                "usr/lib/debug/lib/modules/6.1.0-2-amd64/kernel/other.ko": try module("other"),
            ]
        )
    }

    @Test(
        "a package's modules are stored with their kernel, wherever its image lies",
        arguments: [
            "usr/lib/debug/boot/vmlinux-6.1.0-1-amd64", "usr/lib/debug/lib/modules/6.1.0-1-amd64/vmlinux",
        ]
    )
    func stored(imagePath: String) async throws {
        let path = try package(imagePath: imagePath)
        let report = try await fixture.worker().ingest([path], naming: debian, includesModules: true)
        let item = try #require(report.items.first)
        #expect(item.result == .stored(name, .stored))
        #expect(item.modules?.count == 2 && item.modules?.failures.count == 1)
        #expect(item.modules?.failures.first?.contains("net/broken.ko") == true)
        #expect(report.faults == [.input])
        #expect(try fixture.store.ledger().map(\.modules) == [2])
        #expect(fixture.residue.isEmpty)

        let kernel = try #require(try fixture.store.kernel(named: name))
        let base = try BTF(parsing: fixture.store.btf(of: kernel))
        let modules = try fixture.store.modules(of: kernel)
        #expect(modules.map(\.name) == ["first", "second_module"])
        for (module, structure) in zip(modules, ["first", "second"]) {
            let bytes = try fixture.store.btf(of: module)
            let types = try BTF(parsing: bytes, base: base)
            let names = Set(types.ids.map { types.name(of: $0) })
            #expect(names.contains(structure) && !names.contains("task_struct"))
            let alone = try ImageConverter(base: base).convert(UnpackedImage(path: directory.path("\(structure).ko")))
            #expect(bytes == alone.btf.serialized())
        }
        #expect(fixture.told.contains(.convertingModules(name: "linux-image-6.1.0-1-amd64-dbg", count: 3)))
    }

    @Test("modules are taken where they are asked for, and stay when the kernel is taken again without")
    func asked() async throws {
        let path = try package()
        let without = try await fixture.worker().ingest([path], naming: debian)
        #expect(without.items.map(\.modules) == [nil] && without.faults.isEmpty)
        func count() throws -> Int {
            try fixture.store.moduleCount(of: #require(try fixture.store.kernel(named: name)))
        }
        #expect(try count() == 0)
        let with = try await fixture.worker().ingest([path], naming: debian, includesModules: true)
        #expect(with.items.map(\.result) == [.stored(name, .replaced)])
        #expect(try count() == 2)
        let again = try await fixture.worker().ingest([path], naming: debian)
        #expect(again.items.map(\.result) == [.stored(name, .unchanged)])
        #expect(try count() == 2)
    }

    @Test("a job takes modules, and a package that is cut off within them leaves nothing")
    func job() async throws {
        let path = try package()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let cut = directory.path("cut.deb")
        try whole.prefix(whole.count - 1000).write(to: URL(fileURLWithPath: cut))
        let failed = try await fixture.worker().ingest([cut], naming: debian, includesModules: true)
        guard case .failed(.input, _, _) = failed.items.first?.result else {
            Issue.record("\(failed)")
            return
        }
        #expect(try fixture.store.kernel(named: name) == nil)

        try fixture.repository.update()
        let release = DistributionRelease(distribution: "debian", version: "12")
        let report = try await fixture.worker().run(fixture.job(release: release, includesModules: true))
        #expect(report.items.map(\.result) == [.stored(name, .stored)])
        #expect(report.items.first?.modules?.count == 2)
    }
}
