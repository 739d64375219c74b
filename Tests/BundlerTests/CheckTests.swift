import BTF
import Bundler
import Foundation
import HubStore
import KernelIdentity
import Minimizer
import TestSupport
import Testing

@Suite("Checks")
struct CheckTests {
    private let fixture: BundleFixture

    init() throws { fixture = try BundleFixture() }

    /// Reads a field that a kernel has under one of two names.
    private static let careful = Result {
        try CompiledBPF.compile(
            """
            #define core __attribute__((preserve_access_index))
            struct task_struct___one { int tgid; } core;
            struct task_struct___other { long flags; } core;
            __attribute__((section("kprobe/a"), used)) long either(void *task)
            {
                struct task_struct___one *one = task;
                struct task_struct___other *other = task;
                return __builtin_preserve_field_info(one->tgid, 2) ? one->tgid : other->flags;
            }
            """
        )
    }

    private func report(_ program: [UInt8], named name: String = "app.o") throws -> CompatibilityReport {
        let requests = RelocationRequestLog(objects: try ProgramRequests.read(program, name: name))
        return try CompatibilityCheck(requests).run(on: fixture.store)
    }

    private func results(_ report: CompatibilityReport) -> [CompatibilityReport.Result] {
        report.entries.map(report.result)
    }

    @Test("a field that a kernel lacks is fatal there, and nowhere else")
    func fatal() throws {
        let report = try report(BundleFixture.program.get())
        #expect(results(report) == [.loads, .loads, .loads, .fails, .loads, .loads])
        #expect(report.result == .fails)
        let problem = try #require(report.answers.flatMap(\.problems).first)
        #expect(report.relocations[problem.index].local.path == "task_struct.tgid")
        #expect(problem.verdict == .fatal && problem.outcome == .poisoned)
    }

    @Test("what control flow keeps from running is no problem, whichever branch it is")
    func unreachable() throws {
        let report = try report(Self.careful.get())
        #expect(results(report) == Array(repeating: .loads, count: 6))
        let verdicts = report.answers.map { Set($0.findings.map(\.verdict)) }
        #expect(verdicts == [[.unreachable], [.answered, .unreachable]])
    }

    @Test("a check whose effect is not shown is said to be that")
    func guarded() throws {
        let source = try CompiledBPF.compile(
            """
            struct mm_struct { long gone; } __attribute__((preserve_access_index));
            __attribute__((section("kprobe/b"), used)) long hidden(struct mm_struct *mm, volatile int *place)
            {
                *place = __builtin_preserve_field_info(mm->gone, 2);
                return *place ? mm->gone : 0;
            }
            """
        )
        let report = try report(source)
        #expect(Set(results(report)) == [.guarded])
        #expect(report.answers.first?.problems.map(\.verdict) == [.guarded])
    }

    /// A function that two programs share, for which cilium/ebpf takes another type of the kernel in each of them.
    private static func shared(_ guarded: String) throws -> [UInt8] {
        try CompiledBPF.compile(
            """
            #define core __attribute__((preserve_access_index))
            #define SIZE(field) __builtin_preserve_field_info(field, 1)
            struct pair { int first; int second; int extra; } core;
            struct other { int gone; } core;
            __attribute__((noinline)) int shared(struct pair *pair, struct other *other)
            { return __builtin_preserve_field_info(pair->extra, 2) ? \(guarded) : 0; }
            __attribute__((section("kprobe/one"), used)) int one(struct pair *pair, struct other *other)
            {
                int is_signed = __builtin_preserve_field_info(pair->first, 3);
                return shared(pair, other) + pair->first + SIZE(pair->first) + is_signed;
            }
            __attribute__((section("kprobe/two"), used)) int two(struct pair *pair, struct other *other)
            { return shared(pair, other) + pair->second + SIZE(pair->second); }
            """
        )
    }

    @Test("a check in a function that programs share counts in each program by the answer that it gives there")
    func sharedFunction() throws {
        let kernel = """
            struct pair___one { int first; int more; } one; struct pair___two { int second; int extra; } two;
            struct other { int here; } other; int use(void) { return one.first + two.second + other.here; }
            """
        let types = try BTF(parsing: CompiledBTF.compile(kernel))
        func report(_ guarded: String) throws -> CompatibilityReport {
            let objects = try ProgramRequests.read(Self.shared(guarded), name: "app.o")
            let check = CompatibilityCheck(RelocationRequestLog(objects: objects), by: .cilium)
            return try check.run(on: nil, files: [("kernel.btf", KernelTypes(vmlinux: types))])
        }
        func finding(_ report: CompatibilityReport, _ kind: RelocationKind) -> CompatibilityReport.Finding? {
            report.answers.first?.findings.first {
                let record = report.relocations[$0.index]
                return record.kind == kind && record.location.function == "shared"
            }
        }
        // In one program the field is not there and not read, in the other it is there.
        let same = try report("pair->extra")
        #expect(finding(same, .fieldExists)?.outcome == .absent)
        #expect(finding(same, .fieldByteOffset)?.outcome == .poisoned)
        #expect(finding(same, .fieldByteOffset)?.verdict == .unreachable)
        // What the check lets through in the other program is nowhere.
        let other = try report("other->gone")
        #expect(finding(other, .fieldByteOffset)?.verdict == .fatal && other.result == .fails)
    }

    @Test("each loader's rules have their own answers")
    func rules() throws {
        // libbpf meets two types that disagree about the first field; cilium/ebpf takes the one that has both.
        let kernel = """
            struct pair___one { int first; int second; } one; struct pair___two { int other; int first; } two;
            int use(void) { return one.first + two.first; }
            """
        let types = try BTF(parsing: CompiledBTF.compile(kernel))
        let program = try CompiledBPF.compile(
            """
            struct pair { int second; int first; } __attribute__((preserve_access_index));
            __attribute__((section("kprobe/f"), used)) int f(struct pair *pair) { return pair->second - pair->first; }
            """
        )
        let requests = RelocationRequestLog(objects: try ProgramRequests.read(program, name: "app.o"))
        let reports = try LoaderRules.allCases.map {
            try CompatibilityCheck(requests, by: $0).run(on: nil, files: [("kernel.btf", KernelTypes(vmlinux: types))])
        }
        #expect(reports.map(\.decidingRules) == [.libbpf, .cilium])
        #expect(reports.map(\.result) == [.fails, .loads])
        #expect(reports[0].answers.first?.findings.map(\.outcome) == [.ambiguous])
    }

    @Test("kernels with the same problems are one group, in version order")
    func groups() throws {
        for release in ["6.1.0-56-amd64", "6.1.0-57-amd64", "6.1.0-58-amd64", "6.1.0-59-amd64"] {
            try fixture.add("debian/12/x86_64/\(release)", BundleFixture.first.get())
        }
        try fixture.add("debian/12/x86_64/6.1.0-58-cloud-amd64", BundleFixture.third.get())
        try fixture.add("debian/12/x86_64/6.1.0-59-cloud-amd64", BundleFixture.first.get())
        func labels() throws -> [String] {
            try report(BundleFixture.program.get()).groups.filter { $0.series == "debian 12 x86_64" }
                .map { "\($0.label) \($0.count) \($0.result)" }
        }
        #expect(
            try labels() == [
                "debian 12 x86_64: 6.1.0-56 … 6.1.0-59 (amd64) 4 loads",
                "debian 12 x86_64: 6.1.0-56 (cloud-amd64) 1 loads",
                "debian 12 x86_64: 6.1.0-57 … 6.1.0-58 (cloud-amd64) 2 fails",
                "debian 12 x86_64: 6.1.0-59 (cloud-amd64) 1 loads",
            ]
        )
        try fixture.add("debian/12/x86_64/6.1.0-59-cloud-amd64", BundleFixture.third.get())
        try fixture.add("debian/12/x86_64/6.1.0-56-cloud-amd64", BundleFixture.third.get())
        #expect(
            try labels() == [
                "debian 12 x86_64: 6.1.0-56 … 6.1.0-59 (amd64) 4 loads",
                "debian 12 x86_64: 6.1.0-56 … 6.1.0-59 (cloud-amd64) 4 fails",
            ]
        )
    }

    @Test("files are checked without an archive")
    func files() throws {
        let check = CompatibilityCheck(try BundleFixture.requests())
        let files = [("good.btf", BundleFixture.first), ("bad.btf", BundleFixture.third)]
        let report = try check.run(
            on: nil,
            files: try files.map { (path: $0.0, types: KernelTypes(vmlinux: try BTF(parsing: $0.1.get()))) }
        )
        #expect(results(report) == [.loads, .fails])
        #expect(report.groups.map(\.label) == ["good.btf", "bad.btf"])
    }

    @Test("a kernel that cannot be read is not known, and the others are")
    func damaged() throws {
        try fixture.store.close()
        let script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
        let damage =
            "UPDATE btf SET payload = x'00' WHERE id = (SELECT btf_id FROM kernels WHERE release LIKE '%-57-%')"
        _ = try fixture.python(script, fixture.store.path, damage)
        let requests = try BundleFixture.requests()
        let report = try CompatibilityCheck(requests).run(on: HubStore(fixture.store.path, access: .readOnly))
        #expect(results(report) == [.loads, .loads, .loads, .unknown, .loads, .loads])
        #expect(report.entries[3].reason?.contains("damaged") == true)
    }

    @Test("the picture is well-formed whatever programs are called, and has a cell for each kernel")
    func picture() throws {
        let name = "<svg onload=\"x()\">&'\u{0}\u{1b}]]>\u{fffe}.o"
        let picture = CompatibilityPicture(try report(BundleFixture.program.get(), named: name)).svg
        let path = try fixture.folder.write(picture, to: "picture.svg")
        let script = """
            import sys, xml.etree.ElementTree as tree
            root = tree.parse(sys.argv[1]).getroot()
            cells = [e for e in root.iter('{http://www.w3.org/2000/svg}rect') if e.get('class', '').startswith('cell')]
            titles = [e.text for e in root.iter('{http://www.w3.org/2000/svg}title')]
            names = {e.tag.split('}')[1] for e in root.iter()}
            print(len(cells), len(titles), sorted(names - {'svg', 'style', 'defs', 'pattern', 'rect', 'text', 'path', 'g', 'title', 'tspan'}))
            """
        let found = String(decoding: try fixture.python(script, path), as: UTF8.self)
        // Two cells are the legend's.
        #expect(found == "8 6 []\n")
        #expect(picture.contains("&lt;svg onload=&quot;x()&quot;&gt;&amp;&#39;"))
    }

    @Test("JSON names every kernel, answer and finding")
    func json() throws {
        let document = CompatibilityDocument(try report(BundleFixture.program.get(), named: "a\"\n.o"))
        let parsed = try #require(
            JSONSerialization.jsonObject(with: JSONEncoder().encode(document)) as? [String: Any]
        )
        #expect(parsed["result"] as? String == "fails" && parsed["format"] as? Int == 1)
        let kernels = try #require(parsed["kernels"] as? [[String: Any]])
        #expect(kernels.map { $0["name"] as? String } == BundleFixture.kernels.map(\.name))
        let answers = try #require(parsed["answers"] as? [[String: Any]])
        let failing = try #require(kernels[3]["answer"] as? Int)
        let finding = try #require((answers[failing]["findings"] as? [[String: Any]])?.first)
        #expect(finding["verdict"] as? String == "fatal")
        let relocation = try #require((parsed["relocations"] as? [[String: Any]])?.first)
        #expect(relocation["relocation"] as? Int == finding["relocation"] as? Int)
        #expect(relocation["local"] as? String == "task_struct.tgid" && relocation["object"] as? String == "a\"\n.o")
    }
}
