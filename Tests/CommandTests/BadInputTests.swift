import Foundation
import TestSupport
import Testing

/// Each fault ends in one sentence that names the file, the right exit status, and a store as it was before.
@Suite struct BadInputTests {
    private let hub: Hub

    init() throws { hub = try Hub() }

    @Test func truncatedPackage() throws {
        try hub.makeImage("vmlinux")
        try hub.makePackage("whole.deb", release: "6.1.0-1-test", image: "vmlinux")
        let whole = try hub.bytes("whole.deb")
        for length in [whole.count / 2, whole.count - 40, 100] {
            try hub.write(Array(whole.prefix(length)), to: "cut.deb")
            let result = try hub.hubworker("ingest", hub.path("cut.deb"), "--distro", "debian", "--version", "12")
            expectFault(result, status: 65, naming: "cut.deb")
        }
        #expect(try hub.hubctl("list", "--format", "json").text.isEmpty)
        #expect(try hub.hubctl("verify").status == 0)
    }

    @Test func wrongChecksum() throws {
        let repository = try AptRepository()
        try hub.makeImage("vmlinux")
        let path = "usr/lib/debug/boot/vmlinux-6.1.0-1-amd64"
        let package = try repository.add("linux-image-6.1.0-1-amd64-dbg", files: [path: hub.path("vmlinux")])
        try repository.update()
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: package)))
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: package))
        let job = try hub.directory.write(
            """
            name: test
            source:
              type: apt
              config: \(repository.configurationFile)
            packages: [linux-image-*-dbg]
            """,
            to: "job.yaml"
        )
        expectFault(try hub.hubworker("run", job), status: 69, naming: "SHA-256")
        #expect(try hub.hubctl("list", "--format", "json").text.isEmpty)
        #expect(try hub.hubctl("stats").text.contains("1 failed"))
        let later = try hub.hubworker("run", job)
        #expect(later.status == 0)
        #expect(later.diagnostics.contains("not to be tried before"))
    }

    @Test func packageWithoutVmlinux() throws {
        try hub.makePackage("empty.deb", release: "6.1.0-1-test", image: nil)
        let result = try hub.hubworker("ingest", hub.path("empty.deb"), "--distro", "debian", "--version", "12")
        #expect(result.status == 0)
        #expect(result.diagnostics.contains("no usr/lib/debug/boot/vmlinux"))
        #expect(try hub.hubctl("stats").text.contains("1 without an image"))
    }

    @Test func imageThatDoesNotSayWhichKernelItIs() throws {
        try hub.makeImage("vmlinux")
        let result = try hub.hubworker("ingest", hub.path("vmlinux"), "--distro", "debian", "--version", "12")
        #expect(result.status != 0)
        #expect(result.diagnostics.contains("--release"))
    }

    @Test func imageWithoutTypes() throws {
        try hub.makeImage("vmlinux")
        try Tool.run("strip", ["--strip-debug", "-o", hub.path("stripped"), hub.path("vmlinux")])
        expectFault(
            try hub.hubctl("convert", hub.path("stripped"), "-o", hub.path("out.btf")),
            status: 65,
            naming: "stripped"
        )
        #expect(!FileManager.default.fileExists(atPath: hub.path("out.btf")))
        #expect(!FileManager.default.fileExists(atPath: hub.path("out.btf.partial")))
    }

    @Test func truncatedImage() throws {
        try hub.makeImage("vmlinux")
        let whole = try hub.bytes("vmlinux")
        for length in [0, 20, 200, whole.count / 2, whole.count - 1] {
            try hub.write(Array(whole.prefix(length)), to: "cut")
            let result = try hub.hubctl("convert", hub.path("cut"), "-o", hub.path("out.btf"))
            expectFault(result, status: 65, naming: "cut")
        }
    }

    @Test func objectWithoutRelocationRecords() throws {
        try hub.makeProgram("app.o")
        try Tool.run("llvm-objcopy-16", ["--remove-section=.BTF.ext", hub.path("app.o"), hub.path("bare.o")])
        expectFault(try hub.hubctl("relocs", hub.path("bare.o")), status: 65, naming: ".BTF.ext")
        try hub.write([1, 2, 3], to: "junk.o")
        expectFault(try hub.hubctl("relocs", hub.path("junk.o")), status: 65, naming: "junk.o")
        expectFault(try hub.hubctl("relocs", hub.path("missing.o")), status: 65, naming: "missing.o")
    }

    @Test(arguments: [0, 2, 3, 4, 8, 12, 16, 20])
    func corruptHeaderOfBTF(_ offset: Int) throws {
        var bytes = try CompiledBTF.kernel("sample")
        bytes[offset] ^= 0xff
        try hub.write(bytes, to: "corrupt.btf")
        let result = try hub.hubctl("dump", hub.path("corrupt.btf"), "-o", hub.path("dump.txt"))
        if offset == 3 {
            #expect(result.status == 0, "flags have no meaning yet")
        } else {
            expectFault(result, status: 65, naming: "corrupt.btf")
            #expect(result.diagnostics.contains("offset"))
        }
    }

    @Test func storeThatIsNone() throws {
        try hub.write(Array("not a database, but long enough to look at".utf8), to: "hub.db")
        let before = try hub.bytes("hub.db")
        expectFault(try hub.hubctl("list"), status: 65, naming: "hub.db")
        expectFault(try hub.hubctl("list", "--store", hub.path("nowhere.db")), status: 65, naming: "nowhere.db")
        #expect(try hub.bytes("hub.db") == before)
        #expect(!FileManager.default.fileExists(atPath: hub.path("nowhere.db")))
    }

    @Test func storeOfANewerVersion() throws {
        try hub.makePackage("empty.deb", release: "6.1.0-1-test", image: nil)
        #expect(try hub.hubworker("ingest", hub.path("empty.deb"), "--distro", "debian", "--version", "12").status == 0)
        try Tool.run("sqlite3", [hub.store, "PRAGMA user_version = 999"])
        let result = try hub.hubctl("list")
        expectFault(result, status: 65, naming: "999")
    }

    @Test func fullDisk() throws {
        let btf = try CompiledBTF.kernel("sample")
        try hub.write(btf, to: "sample.btf")
        let result = try hub.hubctl("dump", hub.path("sample.btf"), "-o", "/dev/full")
        expectFault(result, status: 74, naming: "/dev/full")
    }

    @Test func wrongUsage() throws {
        #expect(try hub.hubctl("nonsense").status == 64)
        #expect(try hub.hubctl("convert").status == 64)
        try hub.makePackage("empty.deb", release: "6.1.0-1-test", image: nil)
        #expect(try hub.hubworker("ingest", hub.path("empty.deb"), "--distro", "debian", "--version", "12").status == 0)
        expectFault(try hub.hubctl("show", "debian/12"), status: 64, naming: "debian/12")
    }
}
