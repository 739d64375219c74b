import Archive
import Bundler
import Foundation
import HubStore
import KernelIdentity
import Minimizer
import TestSupport
import Testing

/// Each layout, read by the steps that its clients take.
@Suite("Layouts")
struct LayoutTests {
    private let fixture: BundleFixture
    private static let minimized = Result { try BundleFixture.minimized(BundleFixture.first) }
    private static let other = Result { try BundleFixture.minimized(BundleFixture.second) }

    init() throws { fixture = try BundleFixture() }

    @Test("the tree unpacks with equal files as one, and codenames and machine names lead to it")
    func btfhub() throws {
        let report = try fixture.write(try fixture.plan(.btfhub, compression: .xz), to: "a.tar.xz")
        #expect(report.kernels.count == 6 && report.leftOut.isEmpty && report.contents.btfCount == 2)
        try Tool.run("tar", ["-xf", fixture.folder.path("a.tar.xz"), "-C", fixture.folder.url.path])
        for path in [
            "debian/12/x86_64/6.1.0-56-cloud-amd64.btf", "debian/bookworm/x86_64/6.1.0-56-cloud-amd64.btf",
            "debian/bookworm/aarch64/6.1.0-9-arm64.btf", "ubuntu/focal/x86_64/5.4.0-42-generic.btf",
            "centos/7/x86_64/3.10.0-1160.el7.x86_64.btf",
        ] { #expect(try fixture.bytes(path) == Self.minimized.get(), "\(path)") }
        let links = try Tool.run("find", [fixture.folder.path("debian"), "-name", "*-56-*", "-links", "+1"]).text
        #expect(links.contains("6.1.0-56"))
    }

    /// Walks the headers as bcc's libbpf-tools do: one gzip stream, whole names, no links, sizes in octal.
    private static let bccReader = """
        import sys, zlib
        tar, at = zlib.decompressobj(31).decompress(open(sys.argv[1], 'rb').read()), 0
        while tar[at] != 0:
            name, size = tar[at:at + 100].split(b'\\0')[0], int(tar[at + 124:at + 136].split(b'\\0')[0], 8)
            if name == sys.argv[2].encode():
                sys.stdout.buffer.write(tar[at + 512:at + 512 + size])
                break
            at += 512 + (size + 511) // 512 * 512
        """

    @Test(
        "bcc's reader finds each kernel at the path that it builds from os-release",
        arguments: [
            "./debian/12/x86_64/6.1.0-56-cloud-amd64.btf", "./debian/12/aarch64/6.1.0-9-arm64.btf",
            "./\"centos\"/7/x86_64/3.10.0-1160.el7.x86_64.btf", "./fedora//x86_64/6.2.9-300.fc38.x86_64.btf",
            "./ubuntu/20.04/x86_64/5.4.0-42-generic.btf",
        ]
    )
    func bcc(path: String) throws {
        _ = try fixture.write(try fixture.plan(.bcc), to: "a.tar.gz")
        let found = try fixture.python(Self.bccReader, fixture.folder.path("a.tar.gz"), path)
        #expect(try found == Self.minimized.get())
        try Tool.run("gzip", ["--test", fixture.folder.path("a.tar.gz")])
    }

    @Test("what bcc's reader cannot find is left out, and said to be")
    func longNames() throws {
        for length in [76, 77] {
            try fixture.add("debian/12/x86_64/\(String(repeating: "9", count: length))", BundleFixture.first.get())
        }
        let report = try fixture.write(try fixture.plan(.bcc), to: "a.tar.gz")
        #expect(report.contents.entries.flatMap(\.paths).map(\.utf8.count).max() == 99)
        #expect(report.leftOut.count == 1 && report.isComplete)
        #expect(report.leftOut.first?.reason.contains("99 bytes") == true)
    }

    /// Takes the first entry of exactly that name.
    private static let goReader = """
        import sys, tarfile
        for entry in (tar := tarfile.open(sys.argv[1], 'r|*')):
            if entry.name == sys.argv[2]:
                sys.stdout.buffer.write(tar.extractfile(entry).read() if entry.type == tarfile.REGTYPE else b'link')
                break
        """

    @Test("Inspektor Gadget's reader finds each kernel in the layer of its architecture")
    func inspektorGadget() throws {
        let report = try fixture.writeFiles(try fixture.plan(.ig), to: "ig")
        #expect(report.kernels.count == 6)
        let files = try FileManager.default.contentsOfDirectory(atPath: fixture.folder.path("ig")).sorted()
        #expect(files == ["btfs-arm64.tar.gz", "btfs-x86_64.tar.gz", "manifest.json"])
        for (archive, path) in [
            ("x86_64", "debian/12/x86_64/6.1.0-56-cloud-amd64.btf"), ("arm64", "debian/12/aarch64/6.1.0-9-arm64.btf"),
            ("x86_64", "\"centos\"/7/x86_64/3.10.0-1160.el7.x86_64.btf"),
            ("x86_64", "fedora/38/x86_64/6.2.9-300.fc38.x86_64.btf"),
        ] {
            let file = fixture.folder.path("ig/btfs-\(archive).tar.gz")
            #expect(try fixture.python(Self.goReader, file, path) == Self.minimized.get(), "\(path)")
        }
        _ = try fixture.write(try fixture.plan(.ig, compression: Compression.none), to: "ig.tar")
        let names = try Tool.run("tar", ["-tf", fixture.folder.path("ig.tar")]).text.split(separator: "\n")
        #expect(names == ["btfs-arm64.tar.gz", "btfs-x86_64.tar.gz", "manifest.json"])
    }

    @Test("tracee's tree unpacks to regular files alone")
    func tracee() throws {
        try fixture.add("debian/12/x86_64/6.1:1", BundleFixture.first.get())
        try fixture.add("debian/12/s390x/6.1.0-1", BundleFixture.first.get())
        let report = try fixture.write(try fixture.plan(.tracee, compression: .gzip), to: "a.tar.gz")
        #expect(report.leftOut.map(\.kernel).sorted() == ["debian/12/s390x/6.1.0-1", "debian/12/x86_64/6.1:1"])
        let folder = fixture.folder.path("dist/btfhub")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Tool.run("tar", ["-xf", fixture.folder.path("a.tar.gz"), "-C", folder])
        #expect(try Tool.run("find", [folder, "-type", "l"]).text.isEmpty)
        #expect(try fixture.bytes("dist/btfhub/debian/12/arm64/6.1.0-9-arm64.btf") == Self.minimized.get())
        #expect(try fixture.bytes("dist/btfhub/ubuntu/20.04/x86_64/5.4.0-42-generic.btf") == Self.minimized.get())
    }

    @Test("the Datadog agent's two steps lead to each kernel, and inner files are not compressed")
    func datadog() throws {
        #expect(throws: BundleRequestError.severalArchitectures(.datadog, ["arm64", "x86_64"])) {
            try fixture.plan(.datadog)
        }
        try fixture.add("arch/rolling/x86_64/6.9.1-arch1", BundleFixture.first.get())
        let plan = try fixture.plan(.datadog, KernelFilter(architecture: "x86_64"))
        let report = try fixture.write(plan, to: "minimized-btfs.tar.xz")
        #expect(report.leftOut.map(\.kernel) == ["arch/rolling/x86_64/6.9.1-arch1"])
        for (path, member) in [
            ("debian/6.1.0-56-cloud-amd64.btf.tar.xz", "6.1.0-56-cloud-amd64.btf"),
            ("ubuntu/20.04/5.4.0-42-generic.btf.tar.xz", "5.4.0-42-generic.btf"),
        ] {
            let inner = try fixture.python(Self.goReader, fixture.folder.path("minimized-btfs.tar.xz"), path)
            try Data(inner).write(to: URL(fileURLWithPath: fixture.folder.path("inner.tar.xz")))
            try Tool.run("tar", ["-xJf", fixture.folder.path("inner.tar.xz"), "-C", fixture.folder.url.path])
            #expect(try fixture.bytes(member) == Self.minimized.get())
            #expect(inner.count > (try Self.minimized.get().count))
        }
    }

    @Test("flat files lie under build-ids")
    func flat() throws {
        let report = try fixture.write(try fixture.plan(.flat, compression: .zstd), to: "a.tar.zst")
        #expect(report.leftOut.map(\.kernel) == ["fedora/38/x86_64/6.2.9-300.fc38.x86_64"])
        try Tool.run("tar", ["-xf", fixture.folder.path("a.tar.zst"), "-C", fixture.folder.url.path])
        #expect(try fixture.bytes("c0de07.btf") == Self.minimized.get())
        #expect(try fixture.bytes("bb01.btf") == Self.other.get())
    }

    @Test("two kernels of one place: alike, both are there; different, one is left out")
    func collisions() throws {
        try fixture.add("debian/13/x86_64/6.1.0-56-cloud-amd64", BundleFixture.first.get())
        try fixture.add("debian/13/x86_64/6.1.0-57-cloud-amd64", BundleFixture.first.get())
        let filter = KernelFilter(distribution: "debian", architecture: "x86_64")
        let report = try fixture.write(try fixture.plan(.datadog, filter), to: "a.tar.xz")
        #expect(report.kernels.count == 3)
        #expect(report.leftOut.map(\.kernel) == ["debian/13/x86_64/6.1.0-57-cloud-amd64"])
        let names = try Tool.run("tar", ["-tf", fixture.folder.path("a.tar.xz")]).text.split(separator: "\n")
        #expect(names.count == 3)
    }

    @Test("a compression that the clients do not read is refused")
    func compression() throws {
        #expect(throws: BundleRequestError.compression(.bcc, .gzip)) { try fixture.plan(.bcc, compression: .xz) }
        #expect(throws: BundleRequestError.compression(.datadog, .xz)) {
            try fixture.plan(.datadog, compression: .zstd)
        }
    }

    @Test(
        "every layout gives the same bytes each time, from a program and from its log",
        arguments: BundleLayout.allCases
    )
    func reproducible(layout: BundleLayout) throws {
        let filter = KernelFilter(architecture: "x86_64")
        let log = try RelocationRequestLog(json: BundleFixture.requests().json(), name: "saved.json")
        _ = try fixture.write(try fixture.plan(layout, filter), to: "one")
        _ = try fixture.write(try fixture.plan(layout, filter, requests: log), to: "two")
        let elsewhere = try BundleFixture.requests(named: "/some/where/app.o")
        _ = try fixture.write(try fixture.plan(layout, filter, requests: elsewhere), to: "three")
        #expect(try fixture.bytes("one") == fixture.bytes("two"))
        #expect(try fixture.bytes("one") == fixture.bytes("three"))
    }
}
