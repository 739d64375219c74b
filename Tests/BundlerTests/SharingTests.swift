import Archive
import BTF
import Bundler
import Foundation
import HubStore
import KernelIdentity
import Minimizer
import TestSupport
import Testing

@Suite("Solutions that kernels share")
struct SharingTests {
    /// The members of `task_struct`, kernel by kernel.
    private static let variants = [
        "int pid; int tgid; char comm[16];",
        "int pid; int tgid; char comm[16];",
        "int pid; int tgid; char comm[16]; long more;",
        "int pid; int tgid; char comm[16]; long other;",
        "int pid; int tgid; char comm[16]; char many[4]; int less;",
        "int pid; unsigned tgid; char comm[16];",
        "int tgid; int pid; char comm[16];",
        "int pid; int tgid; char comm[16]; int tail[0];",
        "int pid; int tgid; char comm[16]; int tail[0]; int after[0];",
        "int pid; int tgid; char comm[16]; int before[0]; int tail[0];",
        "union { int pid; int number; }; int tgid; char comm[16];",
        "union { int number; int pid; }; int tgid; char comm[16];",
        "struct { int pid; int tgid; }; char comm[16];",
        "int pid; int tgid; char comm[16];",
    ]

    /// Kernels large enough to be stored as deltas, which differ in other types too.
    private static let kernels = Result {
        try variants.enumerated().map { number, members in
            var source = "struct task_struct { \(members) };\n"
            for part in 0..<100 {
                let added = part % variants.count == number ? "long added_\(part);" : ""
                source += """
                    struct part_\(part) { int kind_\(part); \(added) struct task_struct *owner_\(part); long size; };
                    struct part_\(part) value_\(part);
                    int run_\(part)(struct part_\(part) *p) { return p->owner_\(part)->pid; }

                    """
            }
            if number % 4 == 3 { source += "struct task_struct___old { int pid; } old; " }
            return try BTF(parsing: CompiledBTF.compile(source)).canonicalized()
        }
    }

    private static let requests = Result {
        let object = try CompiledBPF.compile(
            """
            struct task_struct { int pid, tgid; char comm[16]; int tail[]; } __attribute__((preserve_access_index));
            __attribute__((section("kprobe/f"), used)) int program(struct task_struct *task)
            {
                int sum = task->pid + task->tgid + task->comm[2];
                if (__builtin_preserve_field_info(task->tail, 2)) sum += task->tail[1];
                return sum;
            }
            """
        )
        return RelocationRequestLog(objects: try ProgramRequests.read(object, name: "app.o"))
    }

    private func store(in folder: TemporaryDirectory) throws -> HubStore {
        let store = try HubStore(folder.path("hub.db"), access: .create)
        for (number, btf) in try Self.kernels.get().enumerated() {
            let name = try KernelName(parsing: "debian/12/x86_64/6.1.0-\(number)")
            try store.add(NewKernel(name: name, buildID: nil, btf: btf.serialized()))
        }
        let deltas = try Tool.run("sqlite3", [store.path, "SELECT count(*) FROM deltas"]).output
        try #require(String(decoding: deltas, as: UTF8.self) != "0\n")
        return store
    }

    private func bundle(
        _ store: HubStore,
        cache: String? = nil,
        threads: Int = 1
    ) throws -> (bytes: [UInt8], report: BundleReport) {
        let request = try BundleRequest(requests: Self.requests.get(), compression: Compression.none)
        let plan = try BundlePlan(request, from: store)
        var bytes: [UInt8] = []
        let report = try plan.write(cache: cache, threads: threads, to: { bytes += $0 })
        return (bytes, report)
    }

    @Test("each kernel gets the BTF that it gets alone, and what is touched alike is solved once")
    func same() throws {
        let folder = try TemporaryDirectory()
        let (bytes, report) = try bundle(try store(in: folder))
        try Data(bytes).write(to: URL(fileURLWithPath: folder.path("bundle.tar")))
        try Tool.run("tar", ["-xf", folder.path("bundle.tar"), "-C", folder.url.path])
        let minimizer = Minimizer(try Self.requests.get())
        var different: Set<[UInt8]> = []
        for (number, btf) in try Self.kernels.get().enumerated() {
            let alone = try minimizer.minimize(KernelTypes(vmlinux: btf)).bytes
            let path = folder.path("debian/12/x86_64/6.1.0-\(number).btf")
            #expect(Array(try Data(contentsOf: URL(fileURLWithPath: path))) == alone, "\(Self.variants[number])")
            different.insert(alone)
        }
        #expect(different.count > 6 && report.solveCount < Self.variants.count)
    }

    @Test("neither the number of threads nor what is known already changes a byte")
    func threads() throws {
        let folder = try TemporaryDirectory()
        let store = try store(in: folder)
        let one = try bundle(store)
        for threads in [1, 2, 5] { #expect(try bundle(store, threads: threads).bytes == one.bytes) }
        let cache = folder.path("solutions")
        #expect(try bundle(store, cache: cache).bytes == one.bytes)
        let again = try bundle(store, cache: cache)
        #expect(again.bytes == one.bytes && again.report.solveCount == 0)
    }

    @Test("a kernel whose delta is damaged is left out by name, and those that do not build on it are not")
    func damage() throws {
        let folder = try TemporaryDirectory()
        let store = try store(in: folder)
        try store.close()
        let damage = """
            UPDATE btf SET payload = zeroblob(length(payload)) WHERE id =
            (SELECT btf_id FROM deltas WHERE btf_id NOT IN (SELECT base_id FROM deltas) LIMIT 1)
            """
        try Tool.run("sqlite3", [folder.path("hub.db"), damage])
        let report = try bundle(try HubStore(folder.path("hub.db"), access: .readOnly)).report
        // It may still be told from its script that nothing was changed that the program touches.
        #expect(report.leftOut.count <= 1 && report.kernels.count + report.leftOut.count == Self.variants.count)
    }
}
