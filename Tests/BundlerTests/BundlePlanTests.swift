import Archive
import Bundler
import Foundation
import HubStore
import KernelIdentity
import Minimizer
import TestSupport
import Testing

@Suite("Bundle plans")
struct BundlePlanTests {
    private let folder: TemporaryDirectory
    private let store: HubStore

    private static let first = Result { try CompiledBTF.kernel("first") }
    private static let second = Result { try CompiledBTF.kernel("second") }

    init() throws {
        folder = try TemporaryDirectory()
        store = try HubStore(folder.path("hub.db"), access: .create)
        try add("6.1.0-1", Self.first.get())
        try add("6.1.0-2", Self.second.get())
    }

    private func add(_ release: String, _ btf: [UInt8]) throws {
        let name = try KernelName(distribution: "debian", version: "12", architecture: "x86_64", release: release)
        try store.add(NewKernel(name: name, buildID: nil, btf: btf))
    }

    /// Programs that read one member; the path of the source is in the debug info, so that each is compiled once.
    private static let readsPID = Result { try compile(reading: "pid") }
    private static let readsTGID = Result { try compile(reading: "tgid") }

    private static func compile(reading member: String) throws -> RelocationRequestLog {
        let program = try CompiledBPF.compile(
            """
            struct task_struct { int \(member); } __attribute__((preserve_access_index));
            __attribute__((section("kprobe/f"), used)) int program(struct task_struct *task) { return task->\(member); }
            """
        )
        return RelocationRequestLog(of: [try BPFObject(bytes: program, name: "program.o")])
    }

    private func request(
        _ requests: Result<RelocationRequestLog, any Error> = readsPID,
        filter: KernelFilter = .all,
        compression: Compression = .none
    ) throws -> BundleRequest {
        try BundleRequest(requests: try requests.get(), filter: filter, compression: compression)
    }

    private func write(_ plan: BundlePlan) throws -> (bytes: [UInt8], report: BundleReport) {
        var bytes: [UInt8] = []
        let report = try plan.write(to: { bytes += $0 })
        return (bytes, report)
    }

    @Test("a plan writes the same bytes again, whatever is stored meanwhile")
    func frozen() throws {
        let plan = try BundlePlan(try request(), from: store)
        let before = try write(plan)
        try add("6.1.0-3", Self.first.get())
        try add("6.1.0-1", Self.second.get())
        let after = try write(plan)
        #expect(before.bytes == after.bytes)
        #expect(after.report.kernels.map(\.release) == ["6.1.0-1", "6.1.0-2"])
        #expect(after.report.leftOut.isEmpty)
    }

    @Test("progress counts the kernels")
    func progress() throws {
        var counts: [Int] = []
        _ = try BundlePlan(try request(), from: store).write(to: { _ in }, progress: { counts.append($0) })
        #expect(counts.first == 0 && counts.last == 2 && counts == counts.sorted())
    }

    @Test("the identity tells apart what gives other bytes, and nothing else")
    func identity() throws {
        let identity = try BundlePlan(try request(), from: store).identity
        #expect(try BundlePlan(try request(), from: HubStore(store.path, access: .readOnly)).identity == identity)
        let others = [
            try request(Self.readsTGID), try request(filter: KernelFilter(release: "*-1")),
            try request(compression: .gzip),
        ]
        var identities: Set<ContentDigest> = [identity]
        for request in others { identities.insert(try BundlePlan(request, from: store).identity) }
        #expect(identities.count == 4)
        #expect(
            try BundlePlan(try request(filter: KernelFilter(distribution: "debian")), from: store).identity == identity
        )
        try add("6.1.0-2", Self.first.get())
        #expect(try BundlePlan(try request(), from: store).identity != identity)
    }

    @Test("a damaged kernel is left out and named, and the others are in the bundle")
    func damaged() throws {
        try store.close()
        let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
        let damage = "UPDATE btf SET payload = x'00' WHERE id = (SELECT btf_id FROM kernels WHERE release = '6.1.0-2')"
        try Tool.run("python3", ["-c", script, store.path, damage])
        let plan = try BundlePlan(try request(), from: HubStore(store.path, access: .readOnly))
        let report = try write(plan).report
        #expect(report.kernels.map(\.release) == ["6.1.0-1"])
        #expect(report.leftOut.map(\.kernel) == ["debian/12/x86_64/6.1.0-2"])
        #expect(report.leftOut.first?.reason.contains("damaged") == true)
    }

    @Test("a filter that matches nothing gives a plan without kernels")
    func nothing() throws {
        #expect(try BundlePlan(try request(filter: KernelFilter(distribution: "fedora")), from: store).kernels.isEmpty)
    }
}
