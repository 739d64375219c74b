import Archive
import Bundler
import Foundation
import HubStore
import KernelIdentity
import Minimizer
import TestSupport
import Testing

@Suite("Solutions that are kept")
struct SolutionCacheTests {
    private let fixture: BundleFixture
    private var folder: String { SolutionFolder.beside(store: fixture.store.path) }

    init() throws { fixture = try BundleFixture() }

    private func bundle(_ name: String, cache: String? = nil, requests: RelocationRequestLog? = nil) throws
        -> BundleReport
    {
        try fixture.write(try fixture.plan(.btfhub, requests: requests), to: name, cache: cache ?? folder)
    }

    private func file() throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return "\(folder)/\(try #require(names.first))"
    }

    @Test("equal kernels are solved once, a known bundle not at all, and after a new kernel only that one")
    func counts() throws {
        // The first two of the three BTF differ in nothing that the program touches.
        #expect(try bundle("one").solveCount == 2)
        #expect(try bundle("two").solveCount == 0)
        #expect(try fixture.bytes("one") == fixture.bytes("two"))
        try fixture.add("debian/12/x86_64/6.1.0-58-cloud-amd64", try CompiledBTF.kernel("fourth"))
        #expect(try bundle("three").solveCount == 0)
        let other = "struct task_struct { long a, b; int tgid, pid; } task; int use(void) { return task.pid; }"
        try fixture.add("debian/12/x86_64/6.1.0-59-cloud-amd64", try CompiledBTF.compile(other))
        let report = try bundle("four")
        #expect(report.solveCount == 1 && report.kernels.count == 8)
        #expect(try bundle("five").solveCount == 0)
        #expect(try fixture.bytes("four") == fixture.bytes("five"))
    }

    @Test("kernels that differ in what is touched, by one member or by one type of a name, are told apart")
    func touched() throws {
        let variants = [
            "struct task_struct { int pid; int tgid; };", "struct task_struct { int tgid; int pid; };",
            "struct task_struct { int pid; long tgid; };", "struct task_struct { unsigned pid; int tgid; };",
            "struct task_struct { union { int pid; long x; }; int tgid; };",
            "struct task_struct { int pid; int tgid; char more[8]; };",
        ]
        for (number, variant) in variants.enumerated() {
            let source = "\(variant) struct task_struct task; int use(void) { return task.pid + task.tgid; }"
            try fixture.add("debian/13/x86_64/6.12.\(number)", try CompiledBTF.compile(source))
        }
        let filter = KernelFilter(distribution: "debian", version: "13")
        _ = try fixture.write(
            try fixture.plan(.btfhub, filter, compression: Compression.none),
            to: "a.tar",
            cache: folder
        )
        try Tool.run("tar", ["-xf", fixture.folder.path("a.tar"), "-C", fixture.folder.url.path])
        for (number, variant) in variants.enumerated() {
            let source = "\(variant) struct task_struct task; int use(void) { return task.pid + task.tgid; }"
            let alone = try BundleFixture.minimized(Result { try CompiledBTF.compile(source) })
            #expect(try fixture.bytes("debian/13/x86_64/6.12.\(number).btf") == alone, "\(variant)")
        }
    }

    @Test("what an object is called does not matter, what it asks for does")
    func keys() throws {
        #expect(try bundle("one").solveCount == 2)
        #expect(try bundle("two", requests: BundleFixture.requests(named: "other.o")).solveCount == 0)
        let other = try CompiledBPF.compile(
            """
            struct task_struct { int pid; } __attribute__((preserve_access_index));
            __attribute__((section("kprobe/f"), used)) int other(struct task_struct *task) { return task->pid; }
            """
        )
        let requests = RelocationRequestLog(objects: try ProgramRequests.read(other, name: "app.o"))
        #expect(try bundle("three", requests: requests).solveCount == 2)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 2)
    }

    @Test(
        "a file that is cut, damaged or gone costs time and changes no byte",
        arguments: [0, 4, 9, 40, 300, 700, 1500]
    )
    func damage(place: Int) throws {
        _ = try bundle("one")
        let path = try file()
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        try #require(place < whole.count)
        var changed = whole
        changed[place] ^= 0x40
        for bytes in [changed, Array(whole.prefix(place)), whole + [1, 2, 3], []] {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let report = try bundle("two")
            #expect(report.solveCount <= 2)
            #expect(try fixture.bytes("one") == fixture.bytes("two"))
            #expect(try bundle("three").solveCount == 0)
        }
        try FileManager.default.removeItem(atPath: folder)
        #expect(try bundle("four").solveCount == 2)
        #expect(try fixture.bytes("one") == fixture.bytes("four"))
    }

    @Test("a folder that cannot be used is as good as none")
    func unusable() throws {
        _ = try fixture.folder.write("a file", to: "file")
        let report = try bundle("one", cache: fixture.folder.path("file/solutions"))
        #expect(report.solveCount == 2 && report.kernels.count == 6)
    }

    @Test("the folder keeps a limited number of files")
    func bounded() throws {
        _ = try bundle("one")
        for number in 0..<40 {
            _ = try fixture.folder.write("x", to: "hub.db-cache/solutions/\(ContentDigest(of: [UInt8(number)]))")
        }
        try Data().write(to: URL(fileURLWithPath: "\(folder)/of-somebody-else"))
        #expect(try bundle("two").kernels.count == 6)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(names.count == 17 && names.contains("of-somebody-else"))
    }
}
