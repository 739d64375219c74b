import KernelIdentity
import Testing

@Suite("Kernel names")
struct KernelNameTests {
    @Test(
        "every spelling of a kernel is one name",
        arguments: [
            ("debian/12/x86_64/6.1.0-56-cloud-amd64", "debian/bookworm/amd64/6.1.0-56-cloud-amd64"),
            ("debian/12/x86_64/r", "Debian/12.5/x86-64/r"),
            ("debian/sid/arm64/r", "debian/unstable/aarch64/r"),
            ("ubuntu/20.04/arm64/r", "ubuntu/Focal/arm64/r"),
            ("centos/7/x86_64/r", "centos/7.9/x86_64/r"),
            ("rhel/8/ppc64le/r", "rhel/8.10/ppc64el/r"),
            ("sles/12.3/s390x/r", "sles/12.3/s390x/r"),
            ("opensuse-leap/15.4/i386/r", "opensuse-leap/15.4/i686/r"),
            ("amzn/2018/arm/r", "amzn/2018/armv7l/r"),
        ]
    )
    func aliases(name: String, alias: String) throws {
        #expect(try KernelName(parsing: alias).description == name)
        #expect(try KernelName(parsing: name) == KernelName(parsing: alias))
        #expect(KernelName(name)?.description == name)
    }

    @Test(
        "what is no name, or could leave a path, is refused in a sentence",
        arguments: [
            "", "debian", "a/b/c", "a/b/c/d/e", "a/b/c/", "/b/c/d", "a/../c/d", "a/b/./d", "a/b/c/d e", "a/b/c/d\u{0}",
            "a/b/c/é", "a/b/c/d\n", "a/b/c/" + String(repeating: "d", count: 129),
        ]
    )
    func refused(name: String) {
        #expect(KernelName(name) == nil)
        do throws(KernelNameError) {
            _ = try KernelName(parsing: name)
            Issue.record("'\(name)' was taken")
        } catch {
            #expect(error.description.contains("debian/12/x86_64/"))
        }
    }

    @Test("numbers count by their value")
    func order() throws {
        let releases = [
            "6.1.0-9-amd64", "6.1.0-10-amd64", "6.1.0-10-cloud-amd64", "6.1.0-010-a", "6.10.0-1", "6.9.0-1", "6.1",
        ]
        let names = try releases.map { try KernelName(parsing: "debian/12/x86_64/\($0)") }
        #expect(
            names.sorted().map(\.release) == [
                "6.1", "6.1.0-9-amd64", "6.1.0-010-a", "6.1.0-10-amd64", "6.1.0-10-cloud-amd64", "6.9.0-1", "6.10.0-1",
            ]
        )
        let versions = try ["10", "9", "12", "sid"].map { try KernelName(parsing: "debian/\($0)/x86_64/r") }
        #expect(versions.sorted().map(\.version) == ["9", "10", "12", "sid"])
    }

    @Test("the order is total")
    func total() throws {
        let parts = ["1", "01", "1a", "a1", "a01", "1.0", "10", "a", "b", "1-1", "1-01"]
        let names = try parts.map { try KernelName(parsing: "a/b/c/\($0)") }
        for one in names {
            #expect(!(one < one))
            for other in names where one != other {
                #expect((one < other) != (other < one), "\(one) and \(other)")
                for third in names where one < other && other < third {
                    #expect(one < third, "\(one), \(other), \(third)")
                }
            }
        }
    }

    @Test("an architecture has the names of uname and of the archive")
    func architectures() {
        #expect(Architecture(alias: "AARCH64") == .arm64)
        #expect(Architecture.arm64.machine == "aarch64")
        #expect(Architecture.amd64.machine == "x86_64")
        #expect(Architecture(alias: "loongarch64").rawValue == "loongarch64")
    }
}
