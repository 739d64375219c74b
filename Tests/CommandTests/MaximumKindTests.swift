import BTF
import Foundation
import TestSupport
import Testing

/// `--max-kind`: BTF of the archive, or of a file, for consumers that are older than the kernel.
@Suite struct MaximumKindTests {
    private let hub: Hub

    init() throws { hub = try Hub() }

    @Test("an exported kernel has no kind above the one that is asked for")
    func export() throws {
        try hub.makeImage("vmlinux", extraMember: "double load; enum { WIDE = 0x1234567890LL } wide;")
        let name = ["--distro", "debian", "--version", "12", "--arch", "x86_64", "--release", "6.1.0-1-test"]
        let ingested = try Tool.attempt(
            Program.path("hubworker"),
            ["ingest", hub.path("vmlinux"), "--work-dir", hub.path("work")] + name,
            environment: ["HUB_STORE": hub.store]
        )
        try #require(ingested.status == 0, "\(ingested.diagnostics)")
        let kernel = "debian/12/x86_64/6.1.0-1-test"
        #expect(try hub.hubctl("export", kernel, "-o", "whole.btf").status == 0)
        #expect(try hub.hubctl("export", kernel, "-o", "old.btf", "--max-kind", "datasec").status == 0)
        #expect(try hub.hubctl("export", kernel, "-o", "old.btf.zst", "--max-kind", "DATASEC").status == 0)
        let whole = try Tool.run("bpftool", ["btf", "dump", "file", hub.path("whole.btf")]).text
        let old = try Tool.run("bpftool", ["btf", "dump", "file", hub.path("old.btf")]).text
        #expect(whole.contains("] FLOAT 'double'") && whole.contains("] ENUM64 "))
        #expect(old.contains("] INT 'double'") && !old.contains("] FLOAT ") && !old.contains("] ENUM64 "))
        #expect(try BTF(parsing: hub.bytes("old.btf")).verify().isEmpty)
        #expect(try Tool.run("zstd", ["-dc", hub.path("old.btf.zst")]).output == Data(hub.bytes("old.btf")))
        let dumped = try hub.hubctl("dump", "whole.btf", "--max-kind", "datasec")
        #expect(dumped.status == 0)
        #expect(dumped.text == old)
    }

    @Test("a module's BTF, a kind that does not exist and one that is too low are refused")
    func refusals() throws {
        try hub.write(CompiledBTF.kernel("one"), to: "kernel.btf")
        for arguments in [
            ["export", "debian/12/x86_64/6.1", "--module", "ext4", "--max-kind", "float"],
            ["dump", "kernel.btf", "--base", "kernel.btf", "--max-kind", "float"],
            ["dump", "kernel.btf", "--max-kind", "floats"], ["dump", "kernel.btf", "--max-kind", "struct"],
        ] {
            let result = try Tool.attempt(Program.path("hubctl"), arguments, in: hub.directory.url)
            #expect(result.status == 64, "\(arguments)")
            #expect(result.diagnostics.contains("--max-kind"), "\(arguments)")
        }
    }
}
