import KernelIdentity
import Testing

@Suite("What tells builds of one version apart")
struct FlavourTests {
    @Test(
        arguments: [
            ("6.1.0-56-cloud-amd64", "cloud-amd64"), ("6.12.9+bpo-rt-amd64", "rt-amd64"),
            ("6.1.0-0.deb11.5-amd64", "amd64"), ("5.4.0-42-generic", "generic"), ("5.3.7-301.fc31.x86_64", ""),
            ("4.12.14-122.110-default", "default"), ("6.1.0", ""),
        ]
    )
    func flavour(release: String, flavour: String) throws {
        let name = try KernelName(distribution: "debian", version: "12", architecture: "x86_64", release: release)
        #expect(name.flavour == flavour)
    }
}
