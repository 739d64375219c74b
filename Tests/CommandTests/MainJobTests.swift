import BTF
import Foundation
import TestSupport
import Testing

/// A package goes in, a bundle comes out: each command as a user runs it, on a small kernel.
@Suite struct MainJobTests {
    private let hub: Hub
    private let kernel = "debian/12/x86_64/6.1.0-1-test"

    init() throws {
        hub = try Hub()
        try hub.makeImage("vmlinux")
        try hub.makePackage("kernel.deb", release: "6.1.0-1-test", image: "vmlinux")
        try hub.makeProgram("app.o")
        let ingest = try hub.hubworker("ingest", hub.path("kernel.deb"), "--distro", "debian", "--version", "bookworm")
        #expect(ingest.status == 0, "\(ingest.diagnostics)")
    }

    @Test func listsAndShowsWhatWasIngested() throws {
        let list = try hub.hubctl("list", "--format", "json")
        #expect(list.text.contains("\"name\":\"\(kernel)\""))
        #expect(try hub.hubctl("list", "--release", "6.2*", "--format", "json").text.isEmpty)
        let show = try hub.hubctl("show", "debian/bookworm/amd64/6.1.0-1-test")
        #expect(show.status == 0)
        #expect(show.text.contains("linux-image-6.1.0-1-test-dbg 6.1.1-1 amd64"))
        #expect(try hub.hubctl("verify").status == 0)
        let filtered = try hub.hubctl("show", "--release", "6.1*", "--format", "json")
        #expect(filtered.text.split(separator: "\n").count == 1)
        #expect(filtered.text.contains("\"name\":\"\(kernel)\""))
        #expect(try hub.hubctl("show").status == 64)
    }

    @Test func findsAKernelByItsBuildID() throws {
        let buildID = try #require(
            Tool.run("readelf", ["-n", hub.path("vmlinux")]).text.firstMatch(of: /Build ID: ([0-9a-f]+)/)?.output.1
        )
        #expect(try hub.hubctl("list", "--build-id", String(buildID)).text.contains(kernel))
        #expect(try hub.hubctl("show", "--build-id", String(buildID)).text == hub.hubctl("show", kernel).text)
        #expect(try hub.hubctl("list", "--build-id", "00").diagnostics == "0 kernels\n")
        #expect(try hub.hubctl("show", "--build-id", "00").status == 65)
        #expect(try hub.hubctl("list", "--build-id", "xyz").status == 64)
    }

    @Test func exportsWhatConvertMakes() throws {
        #expect(try hub.hubctl("export", kernel, "-o", hub.path("stored.btf")).status == 0)
        #expect(try hub.hubctl("convert", hub.path("vmlinux"), "-o", hub.path("made.btf")).status == 0)
        let stored = try hub.bytes("stored.btf")
        #expect(try stored == hub.bytes("made.btf"))
        try Tool.run("pahole", ["--btf_encode_detached=\(hub.path("pahole.btf"))", hub.path("vmlinux")])
        let ours = BTFMeaning(of: try BTF(parsing: stored))
        let peer = BTFMeaning(of: try BTF(parsing: hub.bytes("pahole.btf")))
        #expect(ours.differences(from: peer) == [])

        #expect(try hub.hubctl("export", kernel, "-o", hub.path("kernel.btf.tar.xz")).status == 0)
        try Tool.run("tar", ["-xJf", hub.path("kernel.btf.tar.xz"), "-C", hub.directory.url.path])
        #expect(try hub.bytes("6.1.0-1-test.btf") == stored)
    }

    @Test(arguments: ["tar", "tar.gz", "tar.xz", "tar.zst"])
    func bundlesWhatMinimizeMakes(_ suffix: String) throws {
        let bundle = try hub.hubctl("bundle", hub.path("app.o"), "-o", hub.path("one.\(suffix)"))
        #expect(bundle.status == 0, "\(bundle.diagnostics)")
        #expect(try hub.hubctl("bundle", hub.path("app.o"), "-o", hub.path("two.\(suffix)")).status == 0)
        #expect(try hub.bytes("one.\(suffix)") == hub.bytes("two.\(suffix)"))

        try Tool.run("tar", ["-xf", hub.path("one.\(suffix)"), "-C", hub.directory.url.path])
        #expect(
            try hub.hubctl("minimize", hub.path("app.o"), "--kernel", kernel, "-o", hub.path("min.btf")).status == 0
        )
        let minimized = try hub.bytes("min.btf")
        #expect(try hub.bytes("\(kernel).btf") == minimized)

        #expect(try hub.hubctl("export", kernel, "-o", hub.path("full.btf")).status == 0)
        try Tool.run("bpftool", ["gen", "min_core_btf", hub.path("full.btf"), hub.path("peer.btf"), hub.path("app.o")])
        let peer = BTFMeaning(of: try BTF(parsing: hub.bytes("peer.btf")))
        #expect(BTFMeaning(of: try BTF(parsing: minimized)).differences(from: peer) == [])
    }

    @Test func showsRelocationsAndTakesTheirLogInPlaceOfTheProgram() throws {
        let table = try hub.hubctl("relocs", hub.path("app.o"), "--kernel", kernel)
        #expect(table.status == 0)
        #expect(table.text.contains("task_struct.tgid"))
        #expect(table.text.contains("resolved"))
        let requests = try hub.hubctl("relocs", hub.path("app.o"), "--format", "json")
        try hub.write(Array(requests.output), to: "app.requests")
        #expect(try hub.hubctl("bundle", hub.path("app.o"), "-o", hub.path("object.tar")).status == 0)
        #expect(try hub.hubctl("bundle", hub.path("app.requests"), "-o", hub.path("requests.tar")).status == 0)
        #expect(try hub.bytes("object.tar") == hub.bytes("requests.tar"))
    }

    @Test func bundlesFromTheLogOfEveryProgramAsFromTheProgram() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folder = tests.appendingPathComponent("MinimizerTests/Programs").path
        let sources = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".c") && !["target.c", "module.c", "values.c"].contains($0) }
        #expect(sources.count >= 20)
        for source in sources {
            let (object, requests) = (hub.path(source + ".o"), hub.path(source + ".requests"))
            try Tool.run("clang-16", ["-target", "bpf", "-g", "-O2", "-c", "\(folder)/\(source)", "-o", object])
            let log = try hub.hubctl("relocs", object, "--format", "json")
            try hub.write(Array(log.output), to: source + ".requests")
            for (input, output) in [(object, "object.tar"), (requests, "requests.tar")] {
                let bundle = try hub.hubctl("bundle", input, "-o", hub.path(output))
                #expect(bundle.status == 0, "\(source): \(bundle.diagnostics)")
            }
            #expect(try hub.bytes("object.tar") == hub.bytes("requests.tar"), "\(source)")
            for rules in ["libbpf", "cilium"] {
                let table = try hub.hubctl("relocs", object, "--kernel", kernel, "--rules", rules).text
                let widest = table.split(separator: "\n").filter { $0.hasPrefix("  ") }.map(\.count).max() ?? 0
                #expect((40...100).contains(widest), "\(source): \(widest) columns")
            }
        }
    }

    @Test func dumpsAsBpftoolDoes() throws {
        #expect(try hub.hubctl("export", kernel, "-o", hub.path("k.btf")).status == 0)
        let ours = try hub.hubctl("dump", hub.path("k.btf"), "--format", "raw")
        let peer = try Tool.run("bpftool", ["btf", "dump", "file", hub.path("k.btf"), "format", "raw"])
        #expect(ours.text == peer.text)
    }

    @Test func doesNotStoreTheSameTwice() throws {
        let before = try hub.hubctl("list", "--format", "json").text
        let again = try hub.hubworker("ingest", hub.path("kernel.deb"), "--distro", "debian", "--version", "12")
        #expect(again.status == 0)
        #expect(again.diagnostics.contains("unchanged"))
        #expect(try hub.hubctl("list", "--format", "json").text == before)
    }

    @Test func servesTheSameBundleBeforeAndAfterARestart() throws {
        #expect(try hub.hubctl("bundle", hub.path("app.o"), "-o", hub.path("cli.tar.zst")).status == 0)
        let expected = try hub.bytes("cli.tar.zst")
        for _ in 0..<2 {
            let server = try HubServerProcess(store: hub.store, cache: hub.path("cache"))
            let served = try Tool.run(
                "curl",
                [
                    "--fail", "--silent", "--data-binary", "@\(hub.path("app.o"))",
                    "\(server.address)/v1/bundles?compression=zstd&name=app.o",
                ]
            )
            #expect(Array(served.output) == expected)
            let status = server.stop()
            #expect(status == 0)
        }
    }
}
