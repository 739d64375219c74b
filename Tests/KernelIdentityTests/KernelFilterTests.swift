import KernelIdentity
import Testing

@Suite("Filters")
struct KernelFilterTests {
    private static let names = [
        "debian/11/x86_64/5.10.0-8-amd64", "debian/12/x86_64/6.1.0-56-cloud-amd64", "debian/12/arm64/6.1.0-56-arm64",
        "ubuntu/20.04/x86_64/5.4.0-42-generic", "ubuntu/22.04/x86_64/5.15.0-1-aws",
        "centos/7/x86_64/3.10.0-1160.el7.x86_64",
    ]

    private func matches(_ filter: KernelFilter) throws -> [Int] {
        try Self.names.indices.filter { try filter.matches(KernelName(parsing: Self.names[$0])) }
    }

    @Test("each part excludes what it does not name")
    func parts() throws {
        #expect(try matches(.all) == [0, 1, 2, 3, 4, 5])
        #expect(try matches(KernelFilter(distribution: "Debian")) == [0, 1, 2])
        #expect(try matches(KernelFilter(version: "12")) == [1, 2])
        #expect(try matches(KernelFilter(architecture: "aarch64")) == [2])
        #expect(try matches(KernelFilter(release: "5.*")) == [0, 3, 4])
        #expect(try matches(KernelFilter(release: "*-cloud-*")) == [1])
        #expect(try matches(KernelFilter(distribution: "debian", version: "12", architecture: "amd64")) == [1])
    }

    @Test("aliases of versions resolve, codenames without a distribution too")
    func aliases() throws {
        #expect(try matches(KernelFilter(version: "bookworm")) == [1, 2])
        #expect(try matches(KernelFilter(version: "Focal")) == [3])
        #expect(try matches(KernelFilter(distribution: "ubuntu", version: "jammy")) == [4])
        #expect(try matches(KernelFilter(distribution: "ubuntu", version: "bookworm")) == [])
        #expect(try matches(KernelFilter(distribution: "centos", version: "7.9")) == [5])
        // Which distribution files by major release is not known here.
        #expect(KernelFilter(version: "7.9").version == "7.9")
        #expect(KernelFilter(version: "20.04").version == "20.04")
        #expect(KernelFilter(version: "tumbleweed").version == "tumbleweed")
    }
}
