import BTF
import Foundation
import HubStore
import KernelIdentity
import TestSupport
import Testing

/// The kernels of `SeriesFixture` with several modules each.
enum ModuleSeries {
    /// The modules of each kernel: one that stays, one that changes each time, one that comes and one that goes, one
    /// without types of its own and one without a build-id.
    static let modules = Result { try (0..<6).map { try modules(of: $0) } }

    private static func modules(of number: Int) throws -> [NewModule] {
        let pair = try SeriesFixture.kernels.get()[number]
        let kernel = try BTF(parsing: pair.kernel)
        func module(_ name: String, _ source: String) throws -> NewModule {
            NewModule(
                name: name,
                buildID: buildID(name, number),
                btf: try SeriesFixture.module(source, number, kernel)
            )
        }
        let members = (0...number).map { "int member_\($0);" }.joined()
        var modules = [
            NewModule(name: "ext4", buildID: buildID("ext4", number), btf: pair.module),
            try module("changing", "struct changing { \(members) struct part_5 *part; } changing;"),
            try module("empty", ""),
        ]
        let unnamed = try SeriesFixture.module("struct unnamed { long w; } unnamed;", number, kernel)
        modules.append(NewModule(name: "unnamed", buildID: nil, btf: unnamed))
        if number >= 2 { modules.append(try module("coming", "struct coming { struct part_3 *p; } coming;")) }
        if number < 4 { modules.append(try module("going", "struct going { struct part_2 *p; } going;")) }
        return modules.sorted { $0.name < $1.name }
    }

    /// The build-id of a module: 20 bytes, of which no two modules share the first three.
    static func buildID(_ module: String, _ number: Int) -> BuildID? {
        BuildID(bytes: Array(ContentDigest(of: Array("\(module) \(number)".utf8)).bytes.prefix(20)))
    }

    /// A kernel with all of its modules.
    static func kernel(_ number: Int, buildID: [UInt8]? = nil) throws -> NewKernel {
        try StoreFixture.kernel(
            SeriesFixture.release(number),
            buildID: buildID ?? [UInt8(number + 1)],
            btf: SeriesFixture.kernels.get()[number].kernel,
            modules: modules.get()[number]
        )
    }

    /// A store that all kernels were added to with their modules.
    static func store() throws -> StoreFixture {
        let fixture = try StoreFixture()
        for number in 0..<6 {
            try fixture.store.add(
                kernel(number),
                from: StoreFixture.package("linux-image-\(SeriesFixture.release(number))", digest: UInt8(number))
            )
        }
        return fixture
    }

    /// Expects that a store has each of some kernels with all of its modules, and that it verifies.
    static func expectWhole(_ store: HubStore, _ numbers: some Sequence<Int> = 0..<6) throws {
        for number in numbers {
            let name = try StoreFixture.name(SeriesFixture.release(number))
            let kernel = try #require(try store.kernel(named: name))
            #expect(try store.btf(of: kernel) == SeriesFixture.kernels.get()[number].kernel)
            try expect(modules.get()[number], of: kernel, in: store)
        }
        var damage: [String] = []
        let isIntact = try store.verify { damage += $0.damage }
        #expect(isIntact, "\(damage)")
    }

    /// Expects that a kernel has just these modules.
    static func expect(_ modules: [NewModule], of kernel: Kernel, in store: HubStore) throws {
        let stored = try store.modules(of: kernel)
        #expect(stored.map(\.name) == modules.map(\.name))
        #expect(stored.map(\.buildID) == modules.map(\.buildID))
        #expect(try store.moduleCount(of: kernel) == modules.count)
        for (module, new) in zip(stored, modules) {
            #expect(module.btf.digest == ContentDigest(of: new.btf) && module.btf.size == new.btf.count)
            #expect(try store.btf(of: module) == new.btf)
            guard let buildID = new.buildID else { continue }
            let found = try #require(try store.module(buildID: buildID))
            #expect(found.module.name == new.name && found.kernel == kernel)
        }
    }
}
