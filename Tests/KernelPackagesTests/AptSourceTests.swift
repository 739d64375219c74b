import Foundation
import KernelPackages
import TestSupport
import Testing

@Suite("apt as a source of packages")
struct AptSourceTests {
    private func listing(
        _ repository: AptRepository,
        _ patterns: String...
    ) async throws(PackageSourceError) -> PackageListing {
        try await AptSource(configurationFile: repository.configurationFile).packages(matching: patterns)
    }

    @Test("A name gives the package with what the index says of it")
    func name() async throws {
        let repository = try AptRepository()
        let file = try repository.add("linux-image-6.1.0-1-cloud-amd64-dbg")
        try repository.update()
        let listing = try await listing(repository, "linux-image-6.1.0-1-cloud-amd64-dbg")
        let package = try #require(listing.packages.first)
        #expect(listing.packages.count == 1)
        #expect(listing.problems == [])
        #expect(package.version == "6.1.1-1")
        #expect(package.architecture == "amd64")
        #expect(package.size == UInt64(try Data(contentsOf: URL(fileURLWithPath: file)).count))
        #expect(try Tool.run("sha256sum", [file]).text.hasPrefix(package.digest.description))
        #expect(package.release == DistributionRelease(distribution: "debian", version: "bookworm"))
        #expect(package.url == "file:\(file)" || package.url == "file:\(repository.pool)/./\(package.fileName)")
    }

    @Test("A metapackage stands for what it depends on, of its version or newer")
    func metapackage() async throws {
        let repository = try AptRepository()
        for (release, version) in [("6.1.0-9", "6.1.9-1"), ("6.1.0-10", "6.1.10-1")] {
            try repository.add("linux-image-\(release)-cloud-amd64-dbg", version: version)
            try repository.add(
                "linux-image-cloud-amd64-dbg",
                version: version,
                fields: "Depends: linux-image-\(release)-cloud-amd64-dbg (= \(version))"
            )
        }
        try repository.update()
        let listing = try await listing(repository, "linux-image-cloud-amd64-dbg")
        #expect(listing.packages.map(\.name) == ["linux-image-6.1.0-10-cloud-amd64-dbg"])
    }

    @Test("Globs choose many; each package is there once, in its newest version")
    func globs() async throws {
        let repository = try AptRepository()
        try repository.add("linux-image-6.1.0-1-amd64-dbg", version: "6.1.1-9")
        try repository.add("linux-image-6.1.0-1-amd64-dbg", version: "6.1.1-10")
        try repository.add("linux-image-6.1.0-1-cloud-amd64-dbg")
        try repository.add("linux-image-6.1.0-1-amd64")
        try repository.update()
        let listing = try await listing(repository, "linux-image-*-dbg", "linux-image-6.1.0-1-amd64-dbg")
        #expect(
            listing.packages.map { "\($0.name) \($0.version)" } == [
                "linux-image-6.1.0-1-amd64-dbg 6.1.1-10", "linux-image-6.1.0-1-cloud-amd64-dbg 6.1.1-1",
            ]
        )
    }

    @Test("What is not there is a problem and hides nothing else")
    func problems() async throws {
        let repository = try AptRepository()
        try repository.add("linux-image-6.1.0-1-amd64-dbg")
        try repository.add("linux-image-amd64-dbg", fields: "Depends: linux-image-6.1.0-2-amd64-dbg (= 6.1.2-1)")
        try repository.update()
        let listing = try await listing(repository, "linux-image-amd64-dbg", "absent", "linux-image-6.1.0-1-*")
        #expect(listing.packages.map(\.name) == ["linux-image-6.1.0-1-amd64-dbg"])
        #expect(listing.problems.count == 2)
        #expect(listing.problems[0].contains("linux-image-6.1.0-2-amd64-dbg"))
        #expect(listing.problems[1].contains("'absent'"))
    }

    @Test("Where the repository does not say its release, the package has none")
    func noRelease() async throws {
        let repository = try AptRepository()
        try repository.add("linux-image-6.1.0-1-amd64-dbg")
        try repository.update(release: [:])
        #expect(try await listing(repository, "linux-image-*").packages.first?.release == nil)
    }

    @Test("No index: the error says what to run")
    func noIndex() async throws {
        let repository = try AptRepository()
        let error = await #expect(throws: PackageSourceError.self) { try await listing(repository, "x") }
        #expect(error?.description.contains("apt-get update") == true)
    }

    @Test("An index that apt does not trust is not used")
    func untrusted() async throws {
        let repository = try AptRepository()
        try repository.add("linux-image-6.1.0-1-amd64-dbg")
        try repository.update()
        try repository.setSources(trusted: false)
        let error = await #expect(throws: PackageSourceError.self) { try await listing(repository, "linux-image-*") }
        guard case .noIndex = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("An index with a field missing is an error that names file, package and field")
    func malformed() async throws {
        let repository = try AptRepository()
        try repository.add("linux-image-6.1.0-1-amd64-dbg")
        try repository.update()
        let lists = try FileManager.default.contentsOfDirectory(atPath: repository.directory.path("lists"))
        let index = try #require(lists.first { $0.hasSuffix("Packages") })
        let path = repository.directory.path("lists/\(index)")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("SHA256:") }
        try? FileManager.default.removeItem(atPath: path)
        try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        let error = await #expect(throws: PackageSourceError.self) { try await listing(repository, "linux-image-*") }
        #expect(error?.description.contains(path) == true)
        #expect(error?.description.contains("linux-image-6.1.0-1-amd64-dbg has no SHA256") == true)
    }

    @Test("apt's proxy is found where there is one")
    func proxy() async throws {
        let repository = try AptRepository()
        let source = AptSource(configurationFile: repository.configurationFile)
        #expect(try await source.proxy(for: "http") == nil)
        let configuration = try String(contentsOfFile: repository.configurationFile, encoding: .utf8)
        _ = try repository.directory.write(
            configuration + "Acquire::http::Proxy \"http://127.0.0.1:3142/\";\n",
            to: "apt.conf"
        )
        #expect(try await source.proxy(for: "http") == "http://127.0.0.1:3142/")
        #expect(try await source.proxy(for: "https") == nil)
    }

    /// Whether this host's apt has an index with Debian's kernels.
    static let hasDebian: Bool = {
        let listing = try? Tool.attempt("apt-cache", ["show", "linux-image-cloud-amd64-dbg"])
        return listing?.status == 0
    }()

    @Test("This host's own apt knows Debian's current cloud kernel", .enabled(if: hasDebian, "apt has no Debian index"))
    func realIndex() async throws {
        let listing = try await AptSource().packages(matching: ["linux-image-cloud-amd64-dbg"])
        let package = try #require(listing.packages.first)
        #expect(listing.packages.count == 1)
        #expect(package.name.hasSuffix("-cloud-amd64-dbg"))
        #expect(package.name != "linux-image-cloud-amd64-dbg")
        #expect(package.release?.distribution == "debian")
        #expect(package.size > 100_000_000)
    }
}
