import Conversion
import Foundation
import HubWorker
import KernelPackages
import TestSupport
import Testing

@Suite("Job files")
struct JobFileTests {
    @Test("A job with all keys")
    func whole() throws {
        let job = try Job(
            yaml: """
                # a comment
                name: cloud
                source:
                  type: apt
                  config: apt.conf
                packages: [linux-image-cloud-amd64-dbg, 'linux-image-6.1.*-dbg']
                distribution: debian
                version: 12
                btf: dwarf
                modules: true
                """,
            file: "/etc/btf-hub/job.yaml"
        )
        #expect(
            job
                == Job(
                    name: "cloud",
                    source: .apt(configurationFile: "/etc/btf-hub/apt.conf"),
                    packages: ["linux-image-cloud-amd64-dbg", "linux-image-6.1.*-dbg"],
                    release: DistributionRelease(distribution: "debian", version: "12"),
                    btfSource: .dwarf,
                    includesModules: true
                )
        )
    }

    @Test("The job that ships is a good one")
    func shipped() throws {
        let jobs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../jobs")
        let job = try Job(path: jobs.appendingPathComponent("debian-apt.yaml").standardizedFileURL.path)
        #expect(job.name == "debian-apt")
        #expect(job.source == .apt(configurationFile: nil))
        #expect(job.packages == ["linux-image-cloud-amd64-dbg"])
        #expect(job.btfSource == .auto)
    }

    static let start = "name: n\nsource: {type: apt}\npackages: [p]\n"

    @Test(
        "What is wrong is named with its line",
        arguments: [
            ("", 1, "mapping"),
            ("- a\n- b\n", 1, "mapping"),
            ("source: {type: apt}\npackages: [p]\n", 1, "'name' is missing"),
            ("name: n\npackages: [p]\n", 1, "'source' is missing"),
            ("name: n\nsource: {type: apt}\n", 1, "'packages' is missing"),
            ("name: n\nsource: apt\npackages: [p]\n", 2, "mapping with the key 'type'"),
            ("name: n\nsource:\n  type: yum\npackages: [p]\n", 3, "'yum'"),
            ("name: n\nsource:\n  type: apt\n  mirror: x\npackages: [p]\n", 4, "'mirror' is not known"),
            ("name: n\nsource: {type: apt}\npackages: p\n", 3, "must be a list"),
            ("name: n\nsource: {type: apt}\npackages: []\n", 3, "names no package"),
            ("name: n\nsource: {type: apt}\npackages:\n  - p\n  - {a: b}\n", 5, "list of names"),
            ("name: [n]\nsource: {type: apt}\npackages: [p]\n", 1, "name must be one value"),
            ("name: file\nsource: {type: apt}\npackages: [p]\n", 1, "cannot be called 'file'"),
            (start + "\npackage: [q]\n", 5, "'package' is not known; there are"),
            (start + "distribution: debian\n", 4, "must be given together"),
            (start + "version: 12\n", 4, "must be given together"),
            (start + "modules: yes\n", 4, "'yes' is neither true nor false"),
            (start + "modules: true\nbtf: btf\n", 4, "modules are made from DWARF"),
            (start + "btf: maybe\n", 4, "'maybe' is none of auto, dwarf, btf"),
            (start + "name: again\n", 1, "'name' stands there twice"),
            (start + "version: 'open\n", 5, "is not YAML"),
            (start + "\tx: y\n", 4, "is not YAML"),
        ]
    )
    func errors(yaml: String, line: Int, reason: String) throws {
        let error = #expect(throws: JobError.self) { try Job(yaml: yaml, file: "job.yaml") }
        #expect(error?.line == line, "\(error?.description ?? "")")
        #expect(error?.reason.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("job.yaml:\(line): ") == true)
    }

    @Test("A file that is not there is named")
    func missing() {
        let error = #expect(throws: JobError.self) { try Job(path: "/nonexistent/job.yaml") }
        #expect(error?.description.hasPrefix("/nonexistent/job.yaml: cannot be read") == true)
    }
}

@Suite("When to try again")
struct RetryScheduleTests {
    @Test("Each wait is twice the one before, up to the longest")
    func waits() {
        let schedule = RetrySchedule(first: 10, longest: 100)
        let now = Date(timeIntervalSince1970: 1_000_000)
        let waits = [0, 1, 2, 3, 4, 5, 6, 1000, Int.max].map {
            schedule.next(afterAttempts: $0, at: now).timeIntervalSince(now)
        }
        #expect(waits == [10, 10, 20, 40, 80, 100, 100, 100, 100])
    }
}
