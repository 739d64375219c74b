import Conversion
import Foundation
import HubStore
import HubWorker
import KernelIdentity
import TestSupport
import Testing

@Suite("Ingesting files from disk")
struct WorkerIngestTests {
    let fixture: WorkerFixture

    init() throws { fixture = try WorkerFixture() }

    private let debian = KernelNaming(distribution: "debian", version: "bookworm")

    @Test("A package needs only what it does not say itself")
    func package() async throws {
        let path = try fixture.add("6.1.0-1-amd64", image: try fixture.image())
        let unnamed = try await fixture.worker().ingest([path])
        guard case .failed(.input, let reason, _) = unnamed.items.first?.result else {
            Issue.record("\(unnamed)")
            return
        }
        #expect(reason.contains("--distro, --version (") && reason.contains(path))

        let report = try await fixture.worker().ingest([path], naming: debian)
        let name = try #require(KernelName("debian/12/x86_64/6.1.0-1-amd64"))
        #expect(report.items.map(\.result) == [.stored(name, .stored)])
        let entry = try fixture.store.ledger().first
        #expect(entry?.package.source == "file" && entry?.outcome == .stored)
        #expect(try Tool.run("sha256sum", [path]).text.hasPrefix(entry?.package.digest?.description ?? "-"))
        #expect(FileManager.default.fileExists(atPath: path))

        let again = try await fixture.worker().ingest([path], naming: debian)
        #expect(again.items.map(\.result) == [.stored(name, .unchanged)])
    }

    @Test("A package whose version tells the release needs nothing")
    func selfNamed() async throws {
        let path = try fixture.add("5.10.0-1-amd64", image: try fixture.image(), version: "6.1.1-1~bpo11+1")
        let report = try await fixture.worker().ingest([path])
        let name = try #require(KernelName("debian/11/x86_64/5.10.0-1-amd64"))
        #expect(report.items.map(\.result) == [.stored(name, .stored)])
    }

    @Test("An image needs the distribution, its version and the release")
    func image() async throws {
        let path = try fixture.image()
        let unnamed = try await fixture.worker().ingest([path], naming: debian)
        guard case .failed(.input, let reason, _) = unnamed.items.first?.result else {
            Issue.record("\(unnamed)")
            return
        }
        #expect(reason.contains("give --release"))
        let naming = KernelNaming(distribution: "debian", version: "12", release: "6.1.0-1-amd64")
        let report = try await fixture.worker().ingest([path], naming: naming)
        let name = try #require(KernelName("debian/12/x86_64/6.1.0-1-amd64"))
        #expect(report.items.map(\.result) == [.stored(name, .stored)])
        #expect(try fixture.store.kernel(named: name)?.package == nil)
    }

    @Test(
        "What dwz has moved out of an image is taken from the package, wherever it stands there",
        .enabled(if: Tool.path(of: "dwz") != nil, "dwz is not installed"),
        arguments: [".dwz", "lib/.dwz", nil]
    )
    func supplement(folder: String?) async throws {
        let directory = fixture.repository.directory
        let plain = try fixture.image()
        let naming = KernelNaming(distribution: "sles", version: "15.2", release: "before")
        _ = try await fixture.worker().ingest([plain], naming: naming)
        let before = try #require(KernelName("sles/15.2/x86_64/before"))
        let digest = try #require(try fixture.store.kernel(named: before)).btf.digest

        let pair = [directory.path("vmlinux"), directory.path("other")]
        for path in pair { try FileManager.default.copyItem(atPath: plain, toPath: path) }
        let common = directory.path("common")
        let link = "../.dwz/kernel-default-5.3.18-22.2.x86_64"
        try Tool.run("dwz", ["-L", "none", "-l", "none", "-m", common, "-M", link] + pair)
        let abbreviations = try Tool.run("readelf", ["--debug-dump=abbrev", pair[0]]).text
        #expect(abbreviations.contains("DW_FORM_GNU_ref_alt"))
        var files = ["usr/lib/debug/boot/vmlinux-5.3.18-22-default.debug": pair[0]]
        if let folder { files["usr/lib/debug/\(folder)/kernel-default-5.3.18-22.2.x86_64"] = common }
        let package = try RPMPackage.build(
            "kernel-default-debuginfo",
            version: "5.3.18-22.2",
            files: files,
            in: directory
        )
        let given = KernelNaming(distribution: "sles", version: "15.2")
        let report = try await fixture.worker().ingest([package], naming: given)
        if folder == nil {
            guard case .failed(.input, let reason, _) = report.items.first?.result else {
                Issue.record("\(report)")
                return
            }
            #expect(reason.contains("has no usr/lib/debug/.dwz/kernel-default-5.3.18-22.2.x86_64"))
        } else {
            let name = try #require(KernelName("sles/15.2/x86_64/5.3.18-22-default"))
            #expect(try fixture.store.kernel(named: name)?.btf.digest == digest, "\(report)")
        }
        #expect(fixture.residue.isEmpty)
    }

    @Test("Each file that fails says why and stops nothing else")
    func failures() async throws {
        let good = try fixture.add("6.1.0-1-amd64", image: try fixture.image())
        let text = try fixture.repository.directory.write("neither", to: "text.deb")
        let empty = try fixture.repository.directory.write("", to: "empty")
        let absent = fixture.repository.directory.path("absent")
        let cut = fixture.repository.directory.path("cut.deb")
        try Data(contentsOf: URL(fileURLWithPath: good)).prefix(300).write(to: URL(fileURLWithPath: cut))
        let bad = [text, empty, absent, cut]
        let report = try await fixture.worker().ingest(bad + [good], naming: debian)
        #expect(report.faults == [.input, .input, .input, .input])
        for (path, item) in zip(bad, report.items) {
            guard case .failed(_, let reason, _) = item.result else { continue }
            #expect(reason.hasPrefix(path), "\(reason)")
        }
        guard case .stored = report.items.last?.result else {
            Issue.record("\(report)")
            return
        }
    }

    @Test("What the BTF is made from can be chosen")
    func sources() async throws {
        let path = try fixture.image()
        let naming = KernelNaming(distribution: "debian", version: "12", release: "6.1.0-1-amd64")
        let report = try await fixture.worker().ingest([path], naming: naming, source: .btf)
        guard case .failed(.input, let reason, _) = report.items.first?.result else {
            Issue.record("\(report)")
            return
        }
        #expect(reason.contains("no .BTF section"))
    }

    @Test("A work folder that cannot be made is named")
    func workDirectory() async throws {
        let file = try fixture.repository.directory.write("in the way", to: "work")
        let error = await #expect(throws: (any Error).self) { try await fixture.worker().ingest([file]) }
        #expect("\(String(describing: error))".contains("--work-dir"))
    }
}
