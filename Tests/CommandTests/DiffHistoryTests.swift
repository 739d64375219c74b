import Foundation
import TestSupport
import Testing

/// What differs between kernels and over the archive, as a person asks for it.
@Suite struct DiffHistoryTests {
    private let hub: Hub

    init() throws {
        hub = try Hub()
        let tree = try KernelTree(kernels: 0)
        func kernel(_ members: String) throws -> [UInt8] {
            try CompiledBTF.compile(
                "struct task { int flags; \(members) int pid; }; struct task t; int f(struct task *p) { return p->pid; }"
            )
        }
        let versions = [
            ("6.1.0-2-amd64", ""), ("6.1.0-9-amd64", ""), ("6.1.0-10-amd64", "long more;"),
            ("6.1.0-9-cloud-amd64", "char c[8];"),
        ]
        for (release, members) in versions {
            try tree.add(kernel(members), as: "debian/12/x86_64/\(release).btf")
        }
        try tree.add(CompiledBTF.kernel("other"), as: "debian/13/x86_64/6.12.1-amd64.btf")
        let result = try hub.hubctl("import", tree.path)
        #expect(result.status == 0, "\(result.diagnostics)")
    }

    @Test func differencesOfTwoKernels() throws {
        let (old, new) = ("debian/12/x86_64/6.1.0-9-amd64", "debian/12/x86_64/6.1.0-10-amd64")
        let result = try hub.hubctl("diff", old, new, "--type", "ta*", "--kind", "struct")
        #expect(result.status == 1)
        #expect(
            result.text == """
                ~ struct task
                    size 8 -> 24
                    + more: long int at 8
                    pid: moved 4 -> 16
                struct: 1 changed

                """
        )
        let same = try hub.hubctl("diff", "debian/12/x86_64/6.1.0-2-amd64", old)
        #expect(same.status == 0)
        #expect(same.text == "no difference\n")
        let json = try hub.hubctl("diff", old, new, "--kind", "struct", "--format", "json")
        let object = try #require(JSONSerialization.jsonObject(with: json.output) as? [String: Any])
        #expect(object["new"] as? String == new)
        let type = try #require((object["types"] as? [[String: Any]])?.first)
        #expect(type["name"] as? String == "task")
        #expect((type["parts"] as? [[String: Any]])?.count == 3)
    }

    @Test func differencesFromAFile() throws {
        let kernel = "debian/12/x86_64/6.1.0-9-amd64"
        #expect(try hub.hubctl("export", kernel, "-o", hub.path("kernel.btf")).status == 0)
        #expect(try hub.hubctl("diff", hub.path("kernel.btf"), kernel).status == 0)
        #expect(try hub.hubctl("diff", hub.path("missing.btf"), kernel).status == 65)
        #expect(try hub.hubctl("diff", "debian/12/x86_64/none", kernel).status == 65)
    }

    @Test func historyOfAMember() throws {
        let result = try hub.hubctl("history", "task.pid", "--version", "12")
        #expect(result.status == 0)
        let rows = result.text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(
            rows == [
                "SERIES FIRST LAST KERNELS OFFSET SIZE WHAT",
                "debian 12 x86_64 amd64 6.1.0-2-amd64 6.1.0-9-amd64 2 4 4 int",
                "debian 12 x86_64 amd64 6.1.0-10-amd64 6.1.0-10-amd64 1 16 4 int",
                "debian 12 x86_64 cloud-amd64 6.1.0-9-cloud-amd64 6.1.0-9-cloud-amd64 1 12 4 int",
            ]
        )
        let all = try hub.hubctl("history", "struct task", "--format", "json")
        #expect(all.text.split(separator: "\n").count == 4)
        #expect(all.diagnostics.contains("in 4 of 5 kernels"))
        #expect(try hub.hubctl("history", "task.nothing").status == 1)
        #expect(try hub.hubctl("history", "..").status == 64)
    }
}
