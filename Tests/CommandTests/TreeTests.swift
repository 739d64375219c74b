import BTF
import Foundation
import TestSupport
import Testing

/// Archive trees in and out, as a user moves them.
@Suite struct TreeTests {
    private let hub: Hub
    private let tree: KernelTree

    init() throws {
        hub = try Hub()
        tree = try KernelTree(kernels: 3)
    }

    /// The file's bytes, its inode and its time of change.
    private func state(of folder: String) throws -> [String: String] {
        let listing = try Tool.run("find", [folder, "-type", "f", "-printf", "%P %i %T@ %s\n"]).text
        return Dictionary(
            uniqueKeysWithValues: listing.split(separator: "\n").map { line in
                let parts = line.split(separator: " ", maxSplits: 1)
                return (String(parts[0]), String(parts[1]))
            }
        )
    }

    @Test func roundTripSaysTheSame() throws {
        // btfhub's own shape: what tar and xz make, and a codename that leads to the same folder.
        let plain = "\(tree.path)/debian/12/x86_64/6.1.0-1-test.btf"
        let original = Array(try Data(contentsOf: URL(fileURLWithPath: plain)))
        try Tool.run("tar", ["-C", "\(tree.path)/debian/12/x86_64", "-cJf", plain + ".tar.xz", "6.1.0-1-test.btf"])
        try FileManager.default.removeItem(atPath: plain)
        try FileManager.default.createSymbolicLink(atPath: "\(tree.path)/debian/bookworm", withDestinationPath: "12")
        try tree.add(CompiledBTF.kernel("fedora"), as: "fedora/31/x86_64/5.3.7-301.fc31.x86_64.btf")
        try tree.add(CompiledBTF.kernel("centos"), as: "centos/7.9/arm64/3.10.0-1160.el7.aarch64.btf")

        let dry = try hub.hubctl("import", tree.path, "--dry-run")
        #expect(dry.diagnostics.contains("5 kernels in the tree: 5 to be stored"), "\(dry.diagnostics)")
        #expect(!FileManager.default.fileExists(atPath: hub.store))
        let imported = try hub.hubctl("import", tree.path)
        #expect(imported.status == 0)
        #expect(imported.diagnostics.contains("5 kernels in the tree: 5 stored"), "\(imported.diagnostics)")
        let again = try hub.hubctl("import", tree.path)
        #expect(again.diagnostics.contains("5 unchanged"), "\(again.diagnostics)")
        let names = try hub.hubctl("list").text
        #expect(names.contains("centos/7/arm64/3.10.0-1160.el7.aarch64 "))
        #expect(names.contains("fedora/31/x86_64/5.3.7-301.fc31.x86_64 "))

        let out = hub.path("out")
        let exported = try hub.hubctl("export", "--layout", "btfhub", out)
        #expect(exported.diagnostics.contains("5 files written, 0 there already"), "\(exported.diagnostics)")
        let before = try state(of: out)
        #expect(before.keys.contains("debian/12/x86_64/6.1.0-1-test.btf.tar.xz"))
        #expect(try hub.hubctl("export", "--layout", "btfhub", out).diagnostics.contains("0 files written, 5 there"))
        #expect(try state(of: out) == before, "a second export writes nothing")
        let other = hub.path("other")
        #expect(try hub.hubctl("export", "--layout", "btfhub", other, "--release", "*-1-test").status == 0)
        #expect(try state(of: other).count == 1)
        try Tool.run(
            "cmp",
            ["debian/12/x86_64/6.1.0-1-test.btf.tar.xz"].flatMap { ["\(out)/\($0)", "\(other)/\($0)"] }
        )

        let second = hub.path("second.db")
        #expect(try hub.hubctl("import", out, "--store", second).status == 0)
        let digests = { (line: String) in line.firstMatch(of: /"sha256":"([0-9a-f]{64})","size"/)?.output.1 }
        #expect(try KernelTree.contents(of: second).map(digests) == KernelTree.contents(of: hub.store).map(digests))
        try Tool.run("tar", ["-xJf", "\(out)/debian/12/x86_64/6.1.0-1-test.btf.tar.xz", "-C", hub.directory.url.path])
        let meaning = BTFMeaning(of: try BTF(parsing: hub.bytes("6.1.0-1-test.btf")))
        #expect(meaning.differences(from: BTFMeaning(of: try BTF(parsing: original))) == [])
    }

    @Test func badFilesAreNamedAndStopNothingElse() throws {
        let good = try CompiledBTF.kernel("good")
        let folder = "debian/12/x86_64"
        try tree.add([], as: "\(folder)/empty.btf")
        try tree.add(Array(good.prefix(24)), as: "\(folder)/stub.btf")
        try tree.add(Array("junk".utf8), as: "\(folder)/junk.btf.tar.xz")
        try tree.add(good, as: "members/second.btf")
        try tree.add(good, as: "members/whole.btf")
        let members = "\(tree.path)/members"
        func pack(_ name: String, _ arguments: String...) throws {
            try Tool.run("tar", ["-C", members, "-cJf", "\(tree.path)/\(folder)/\(name).btf.tar.xz"] + arguments)
        }
        try pack("two", "whole.btf", "second.btf", "--transform", "s/whole/two/")
        try pack("wrong", "whole.btf")
        try pack("outside", "-P", "whole.btf", "--transform", "s,^whole,../../outside,")
        try pack("whole", "whole.btf")
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: "\(tree.path)/\(folder)/whole.btf.tar.xz")))
        for length in [20, whole.count / 2, whole.count - 13] {
            try tree.add(Array(whole.prefix(length)), as: "\(folder)/cut\(length).btf.tar.xz")
        }
        try Tool.run("mkfifo", ["\(tree.path)/\(folder)/pipe.btf"])
        try tree.add(good, as: "\(folder)/a name with blanks.btf")
        try tree.add(good, as: "12/x86_64/misplaced.btf")
        try FileManager.default.removeItem(atPath: members)

        let result = try hub.hubctl("import", tree.path)
        #expect(result.status == 65)
        let bad = [
            "empty.btf", "stub.btf", "junk.btf.tar.xz", "two.btf.tar.xz", "wrong.btf.tar.xz", "outside.btf.tar.xz",
            "cut20.btf.tar.xz", "cut\(whole.count / 2).btf.tar.xz", "cut\(whole.count - 13).btf.tar.xz",
        ]
        let errors = result.diagnostics.split(separator: "\n").filter { $0.hasPrefix("error: ") }
        for name in bad { #expect(errors.contains { $0.contains("/\(name)") }, "\(name): \(errors)") }
        #expect(errors.count == bad.count)
        #expect(result.diagnostics.contains("passed over: \(tree.path)/\(folder)/pipe.btf: it is no regular file"))
        #expect(result.diagnostics.contains("a name with blanks"))
        #expect(result.diagnostics.contains("passed over: \(tree.path)/12/x86_64/misplaced.btf: it does not lie in"))
        #expect(try hub.hubctl("list", "--format", "json").text.split(separator: "\n").count == 4)
        #expect(try hub.hubctl("verify").status == 0)
        #expect(try hub.hubctl("import", hub.path("nowhere")).status == 65)
    }

    @Test func whatCameFromAPackageIsKept() throws {
        try hub.makeImage("vmlinux")
        let kernel = "debian/12/x86_64/6.1.0-1-test"
        let ingest = try hub.hubworker(
            "ingest",
            hub.path("vmlinux"),
            "--release",
            "6.1.0-1-test",
            "--distro",
            "debian",
            "--version",
            "12"
        )
        #expect(ingest.status == 0, "\(ingest.diagnostics)")
        let before = try hub.hubctl("show", kernel).text
        #expect(try hub.hubctl("import", tree.path).diagnostics.contains("2 stored, 1 kept"))
        #expect(try hub.hubctl("show", kernel).text == before)
    }
}
