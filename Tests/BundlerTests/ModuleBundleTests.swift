import Archive
import BTF
import Bundler
import Foundation
import HubStore
import KernelIdentity
import Minimizer
import TestSupport
import Testing

/// Bundles and checks of programs that ask for types of kernel modules.
@Suite("Modules in bundles")
struct ModuleBundleTests {
    private let fixture: BundleFixture

    init() throws { fixture = try BundleFixture() }

    private static let program = Result {
        try CompiledBPF.compile(
            """
            #define core __attribute__((preserve_access_index))
            struct task_struct { int tgid; } core;
            struct tracked { int state; struct task_struct *owner; } core;
            __attribute__((section("kprobe/f"), used)) int program(struct tracked *tracked)
            { return tracked->state + tracked->owner->tgid; }
            """
        )
    }

    private static func tracked(_ members: String) -> Result<[UInt8], any Error> {
        Result {
            try CompiledBTF.compile(
                """
                struct task_struct { int pid; int tgid; char comm[16]; struct task_struct *real_parent; };
                struct tracked { \(members) }; struct tracked tracked;
                int use(struct tracked *p) { return p->owner->tgid; }
                """,
                base: BundleFixture.first.get()
            )
        }
    }

    private static let tracker = tracked("long pad; int state; struct task_struct *owner;")
    private static let otherTracker = tracked("int state; struct task_struct *owner;")
    /// A module that the program does not ask for.
    private static let bystander = Result {
        try CompiledBTF.compile(
            "struct bystander { long x; } bystander; long use(void) { return bystander.x; }",
            base: BundleFixture.first.get()
        )
    }

    private static let names = ["6.1.0-1", "6.1.0-2", "6.1.0-3", "6.1.0-4"].map { "debian/13/x86_64/\($0)" }

    /// Kernels of one BTF: with a module, with a bystander besides, with another build of the module, and without any.
    private func addKernels() throws {
        try add(Self.names[0], modules: ["tracker": Self.tracker])
        try add(Self.names[1], modules: ["tracker": Self.tracker, "bystander": Self.bystander])
        try add(Self.names[2], modules: ["tracker": Self.otherTracker])
        try add(Self.names[3], modules: [:])
    }

    private func add(_ name: String, modules: [String: Result<[UInt8], any Error>]) throws {
        let modules = try modules.map { NewModule(name: $0, buildID: nil, btf: try $1.get()) }
        let kernel = NewKernel(
            name: try KernelName(parsing: name),
            buildID: BuildID("dd0\(name.suffix(1))"),
            btf: try BundleFixture.first.get(),
            modules: modules
        )
        try fixture.store.add(kernel)
    }

    private func requests() throws -> RelocationRequestLog {
        RelocationRequestLog(objects: try ProgramRequests.read(Self.program.get(), name: "app.o"))
    }

    private let filter = KernelFilter(distribution: "debian", version: "13")

    private func plan(_ modules: ModuleUse, _ layout: BundleLayout = .btfhub) throws -> BundlePlan {
        let request = try BundleRequest(
            requests: requests(),
            filter: filter,
            modules: modules,
            layout: layout,
            compression: layout.compression ?? Compression.none
        )
        return try BundlePlan(request, from: fixture.store)
    }

    private func unpack(_ plan: BundlePlan, cache: String? = nil) throws -> BundleReport {
        let report = try fixture.write(plan, to: "a.tar", cache: cache)
        try Tool.run("tar", ["-xf", fixture.folder.path("a.tar"), "-C", fixture.folder.url.path])
        return report
    }

    /// The values of the program's relocations on some types; nil for those that do not resolve.
    private func values(_ types: KernelTypes) throws -> [UInt64?] {
        RelocationSolver(try requests()).solve(on: types).records.map(\.value)
    }

    private func types(_ path: String) throws -> BTF { try BTF(parsing: fixture.bytes(path)) }

    @Test("merged: one BTF per kernel, in which the modules' types are")
    func merged() throws {
        try addKernels()
        let report = try unpack(try plan(.merged))
        // A bystander changes nothing, another build of the module does.
        #expect(report.solveCount == 3 && report.kernels.count == 4)
        let found = try Self.names.map { try values(KernelTypes(vmlinux: types("\($0).btf"))) }
        #expect(found == [[16, 8, 4], [16, 8, 4], [8, 0, 4], [nil, nil, 4]])
        for name in Self.names { #expect(try types("\(name).btf").base == nil) }
        let second = try types("\(Self.names[1]).btf")
        #expect(!second.ids.contains { second.name(of: $0) == "bystander" })
    }

    @Test(
        "split: a file beside the kernel's for each module that a relocation touches",
        arguments: [BundleLayout.btfhub, .flat]
    )
    func split(layout: BundleLayout) throws {
        try addKernels()
        let report = try unpack(try plan(.split, layout))
        #expect(report.solveCount == 3 && report.leftOut.isEmpty)
        let expectations: [[UInt64?]] = [[16, 8, 4], [16, 8, 4], [8, 0, 4]]
        for (index, expected) in expectations.enumerated() {
            let place = layout == .flat ? "dd0\(index + 1)" : Self.names[index]
            let vmlinux = try types("\(place).btf")
            let module = try BTF(parsing: fixture.bytes("\(place)/tracker.btf"), base: vmlinux)
            let kernel = KernelTypes(vmlinux: vmlinux, modules: [.init(name: "tracker", types: module)])
            #expect(try values(kernel) == expected)
            let files = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path(place))
            #expect(files == ["tracker.btf"])
        }
        #expect(!FileManager.default.fileExists(atPath: fixture.folder.path(layout == .flat ? "dd04" : Self.names[3])))
    }

    @Test("none: vmlinux alone, as for kernels without modules")
    func none() throws {
        try addKernels()
        #expect(try unpack(try plan(.none)).solveCount == 1)
        let bytes = try Self.names.map { try fixture.bytes("\($0).btf") }
        #expect(Set(bytes).count == 1)
        #expect(try values(KernelTypes(vmlinux: BTF(parsing: bytes[0]))) == [nil, nil, 4])
    }

    @Test(
        "layouts whose readers take one BTF per kernel refuse split BTF",
        arguments: BundleLayout.allCases.filter { ![.btfhub, .flat].contains($0) }
    )
    func refused(layout: BundleLayout) throws {
        let error = #expect(throws: BundleRequestError.splitModules(layout)) { try plan(.split, layout) }
        #expect(error?.description.contains("btfhub, flat") == true)
    }

    @Test("solutions and plans are told apart by the modules' digests and by what is asked of them")
    func keys() throws {
        try addKernels()
        let cache = SolutionFolder.beside(store: fixture.store.path)
        for modules in ModuleUse.allCases {
            #expect(try unpack(try plan(modules), cache: cache).solveCount > 0, "\(modules)")
            let first = try fixture.bytes("a.tar")
            #expect(try unpack(try plan(modules), cache: cache).solveCount == 0)
            #expect(try fixture.bytes("a.tar") == first)
        }
        #expect(try Set(ModuleUse.allCases.map { try plan($0).identity }).count == 3)
        let before = try plan(.merged).identity
        try add(Self.names[0], modules: ["tracker": Self.otherTracker])
        #expect(try plan(.merged).identity != before)
        _ = try unpack(try plan(.merged), cache: cache)
        #expect(try values(KernelTypes(vmlinux: types("\(Self.names[0]).btf"))) == [8, 0, 4])
    }

    @Test("the manifest names modules, their digests and their files")
    func manifest() throws {
        try addKernels()
        _ = try unpack(try plan(.split))
        let manifest = try #require(
            JSONSerialization.jsonObject(with: Data(fixture.bytes("manifest.json"))) as? [String: Any]
        )
        #expect(manifest["modules"] as? String == "split")
        let solutions = try #require(manifest["solutions"] as? [[String: Any]])
        let kernels = try #require(manifest["kernels"] as? [[String: Any]])
        for (index, kernel) in kernels.enumerated() {
            let number = try #require(kernel["solution"] as? Int)
            guard index < 3 else {
                #expect(kernel["modules"] == nil && solutions[number]["modules"] == nil)
                continue
            }
            let modules = try #require(kernel["modules"] as? [[String: Any]])
            let solved = try #require(solutions[number]["modules"] as? [[String: Any]])
            #expect(modules.count == 1 && modules[0]["name"] as? String == "tracker")
            let source = index == 2 ? Self.otherTracker : Self.tracker
            #expect(modules[0]["source_btf"] as? String == ContentDigest(of: try source.get()).description)
            let path = try #require((modules[0]["paths"] as? [String])?.first)
            #expect(path == "./\(Self.names[index])/tracker.btf")
            let bytes = try fixture.bytes(path)
            #expect(solved[0]["btf"] as? String == ContentDigest(of: bytes).description)
            #expect(solved[0]["size"] as? Int == bytes.count)
        }
    }

    @Test(
        "a check finds types in modules, names the modules, and says where the archive has none",
        arguments: LoaderRules.allCases
    )
    func check(rules: LoaderRules) throws {
        try addKernels()
        let report = try CompatibilityCheck(requests(), by: rules).run(on: fixture.store, matching: filter)
        #expect(report.entries.map(report.result) == [.loads, .loads, .loads, .fails])
        #expect(report.entries.map(\.hasModules) == [true, true, true, false])
        let answers = report.entries.compactMap { entry in entry.answer.map { report.answers[$0] } }
        #expect(answers.map { $0.modules.map(\.module) } == [["tracker"], ["tracker"], ["tracker"], []])
        let paths = answers[0].modules[0].relocations.map { report.relocations[$0].local.path }
        #expect(paths == ["tracked.owner", "tracked.state"])
        #expect(report.groups.map(\.count) == [3, 1])

        let check = try CompatibilityCheck(requests(), by: rules, modules: .none)
        let without = try check.run(on: fixture.store, matching: filter)
        #expect(Set(without.entries.map(without.result)) == [.fails])
    }

    @Test("a damaged module is the fault of its kernel alone")
    func damaged() throws {
        try addKernels()
        try fixture.store.close()
        let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
        let damage = """
            UPDATE btf SET payload = x'00' WHERE id IN (SELECT modules.btf_id FROM modules JOIN kernels \
            ON kernels.id = kernel_id WHERE release = '6.1.0-3')
            """
        _ = try fixture.python(script, fixture.store.path, damage)
        let store = try HubStore(fixture.store.path, access: .readOnly)
        let report = try CompatibilityCheck(requests()).run(on: store, matching: filter)
        #expect(report.entries.map(report.result) == [.loads, .loads, .unknown, .fails])
        #expect(report.entries[2].reason?.contains("tracker") == true)
    }

    @Test("a check of a file counts the types of modules that are given with it", arguments: ModuleUse.allCases)
    func checkOfFiles(_ use: ModuleUse) throws {
        let vmlinux = try BTF(parsing: BundleFixture.first.get())
        let tracker = KernelTypes.Module(name: "tracker", types: try BTF(parsing: Self.tracker.get(), base: vmlinux))
        let report = try CompatibilityCheck(requests(), modules: use).run(
            on: nil,
            files: [("kernel.btf", KernelTypes(vmlinux: vmlinux, modules: [tracker]))]
        )
        #expect(report.result == (use == .none ? .fails : .loads))
    }
}
