import HubStore
import KernelIdentity
import TestSupport
import Testing

@Suite("Files of the archive tree")
struct KernelFileTests {
    @Test("names are split into release and kind, and made again", arguments: KernelFile.allCases)
    func names(file: KernelFile) throws {
        let name = try StoreFixture.name("6.1.0-56.btf-cloud")
        let path = file.path(of: name)
        #expect(path == "debian/12/x86_64/6.1.0-56.btf-cloud\(file.suffix)")
        let parsed = try #require(KernelFile.parse(String(path.dropFirst("debian/12/x86_64/".count))))
        #expect(parsed == (name.release, file))
    }

    @Test("other names are none", arguments: ["", ".btf", ".btf.tar.xz", "6.1.0", "6.1.0.tar.xz", "6.1.0.BTF"])
    func others(name: String) {
        #expect(KernelFile.parse(name) == nil)
    }

    @Test("equal BTF gives equal bytes", arguments: KernelFile.allCases)
    func reproducible(file: KernelFile) throws {
        let btf = try StoreFixture.btf.get()
        let name = try StoreFixture.name("6.1.0-56")
        #expect(try file.encode(btf, of: name) == file.encode(btf, of: name))
    }
}
