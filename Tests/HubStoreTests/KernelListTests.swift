import HubStore
import KernelIdentity
import TestSupport
import Testing

@Suite("Listing kernels")
struct KernelListTests {
    static let releases = [
        "5.10.0-9-amd64", "5.10.0-10-amd64", "6.1.0-9-amd64", "6.1.0-9-cloud-amd64", "6.1.0-09-amd64",
        "6.1.0-10-amd64", "6.12.5+bpo-amd64", "6.1", "6.1.0", "rc-1", "6.1.0-00010-amd64",
    ]

    private func filled() throws -> StoreFixture {
        let fixture = try StoreFixture()
        for release in Self.releases.shuffled() {
            for (distribution, version, architecture) in [
                ("debian", "12", "x86_64"), ("debian", "9", "arm64"), ("ubuntu", "20.04", "x86_64"),
            ] {
                let name = try KernelName(
                    distribution: distribution,
                    version: version,
                    architecture: architecture,
                    release: release
                )
                try fixture.store.add(NewKernel(name: name, buildID: nil, btf: try StoreFixture.btf.get()))
            }
        }
        return fixture
    }

    @Test("kernels come in the order of their names, page by page", arguments: [1, 2, 7, 33, 34, 1000])
    func paging(limit: Int) throws {
        let store = try filled().store
        var names: [KernelName] = []
        var next: KernelName?
        repeat {
            let page = try store.kernels(after: next, limit: limit)
            #expect(page.kernels.count <= limit)
            #expect(page.damaged.isEmpty)
            names += page.kernels.map(\.name)
            next = page.next
        } while next != nil
        #expect(names.count == 3 * Self.releases.count)
        #expect(names == names.sorted())
    }

    @Test("filters choose by each part, aliases and globs included")
    func filters() throws {
        let store = try filled().store
        func count(_ filter: KernelFilter) throws -> Int {
            var count = 0
            try store.forEachKernel(matching: filter) { kernel in
                #expect(filter.matches(kernel.name))
                count += 1
            }
            return count
        }
        #expect(try count(.all) == 33)
        #expect(try count(KernelFilter(distribution: "debian")) == 22)
        #expect(try count(KernelFilter(distribution: "debian", version: "bookworm")) == 11)
        #expect(try count(KernelFilter(version: "focal")) == 11)
        #expect(try count(KernelFilter(architecture: "aarch64")) == 11)
        #expect(try count(KernelFilter(distribution: "ubuntu", release: "*-cloud-*")) == 1)
        #expect(try count(KernelFilter(release: "6.1.0-[0-9]*-amd64")) == 15)
        #expect(try count(KernelFilter(distribution: "fedora")) == 0)
    }

    @Test("a page knows whether another follows, even when the filter leaves nothing there")
    func lastPage() throws {
        let store = try filled().store
        let filter = KernelFilter(distribution: "debian", version: "9", release: "5.10*")
        let page = try store.kernels(matching: filter, limit: 2)
        #expect(page.kernels.map(\.name.release) == ["5.10.0-9-amd64", "5.10.0-10-amd64"])
        #expect(page.next == nil)
    }

    @Test("a glob of many stars does not take exponential time")
    func hostileGlob() throws {
        let store = try filled().store
        let glob = String(repeating: "*a", count: 2_000) + "b"
        #expect(try store.kernels(matching: KernelFilter(release: glob)).kernels.isEmpty)
    }

    @Test("unknown names and build-ids are nil")
    func unknown() throws {
        let store = try filled().store
        #expect(try store.kernel(named: StoreFixture.name("6.1.0-11-amd64")) == nil)
        #expect(try store.kernel(named: StoreFixture.name("6.1.0-9-amd64"))?.name.release == "6.1.0-9-amd64")
        #expect(try store.kernel(named: StoreFixture.name("6.1.0-09-amd64"))?.name.release == "6.1.0-09-amd64")
        #expect(try store.kernel(buildID: StoreFixture.buildID(1, 2)) == nil)
        #expect(try store.module(buildID: StoreFixture.buildID(1, 2)) == nil)
        #expect(try store.btf(digest: ContentDigest(of: [])) == nil)
    }

    @Test("a snapshot does not see what is stored after it")
    func snapshot() throws {
        let fixture = try StoreFixture()
        try fixture.store.add(try StoreFixture.kernel("6.1.0-1"))
        let snapshots = [
            try fixture.store.snapshot(),
            try HubStore(fixture.path, access: .readOnly).snapshot(),
        ]
        try fixture.store.add(try StoreFixture.kernel("6.1.0-2"))
        for snapshot in snapshots {
            #expect(try snapshot.kernels().kernels.map(\.name.release) == ["6.1.0-1"])
            #expect(throws: StoreError.readOnly(path: fixture.path)) {
                try snapshot.add(try StoreFixture.kernel("6.1.0-3"))
            }
        }
        #expect(try fixture.store.kernels().kernels.count == 2)
    }
}
