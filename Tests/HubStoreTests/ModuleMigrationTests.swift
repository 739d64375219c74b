import BTF
import BTFDelta
import Foundation
import HubStore
import KernelIdentity
import TestSupport
import Testing

@Suite("Modules of a store of version 5")
struct ModuleMigrationTests {
    private let fixture: StoreFixture

    /// Two kernels, the one's BTF a delta against the other's, whose modules have rows each as version 5 wrote them.
    init() throws {
        fixture = try StoreFixture()
        var tables: [TypeTable] = []
        var statements = "PRAGMA foreign_keys = ON; BEGIN;\n"
        var bases: [String: (digest: ContentDigest, table: TypeTable)] = [:]
        for number in 0..<2 {
            let new = try ModuleSeries.kernel(number)
            let bare = try StoreFixture.kernel(new.name.release, buildID: new.buildID?.bytes, btf: new.btf)
            try fixture.store.add(bare)
            let kernel = try BTF(parsing: new.btf)
            let table = try #require(TypeTable(kernel))
            let outer = try tables.last.map { try Delta.encode(table, from: $0).correspondence } ?? .empty
            tables.append(table)
            for module in new.modules {
                let own = try #require(TypeTable(BTF(parsing: module.btf, base: kernel), kernel: table))
                let base = bases[module.name]
                let delta = try Delta.encode(own, from: base?.table ?? .empty, outer: outer).bytes
                let digest = ContentDigest(of: module.btf)
                statements += Self.rows(of: module, number, digest, over: base?.digest, of: new, delta)
                bases[module.name] = (digest, own)
            }
        }
        try fixture.store.close()
        statements += "COMMIT; DROP TABLE module_deltas; DROP TABLE module_build_ids; PRAGMA user_version = 5;"
        try Tool.run("sqlite3", [fixture.path, statements])
    }

    /// The rows that version 5 wrote for a module; the same BTF in kernels of different BTF had one row.
    private static func rows(
        of module: NewModule,
        _ number: Int,
        _ digest: ContentDigest,
        over base: ContentDigest?,
        of kernel: NewKernel,
        _ delta: [UInt8]
    ) -> String {
        func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
            "x'" + bytes.map { String(format: "%02x", $0) }.joined() + "'"
        }
        func seal(_ fields: [String], _ rest: [UInt8] = []) -> String {
            let text = Array(fields.map { $0 + "\0" }.joined().utf8)
            return hexadecimal(ContentDigest(of: text + rest).bytes.prefix(8))
        }
        let outer = "(SELECT btf_id FROM kernels WHERE id = \(number + 1))"
        let baseRow = base.map { "(SELECT id FROM btf WHERE digest = \(hexadecimal($0.bytes)))" } ?? "NULL"
        let buildID = module.buildID.map { hexadecimal($0.bytes) } ?? "NULL"
        let deltaSeal = seal(["delta", digest.description, base?.description ?? ""], delta)
        let moduleSeal = seal([
            "module", kernel.name.description, module.name, module.buildID?.description ?? "", digest.description,
        ])
        let own = "(SELECT id FROM btf WHERE digest = \(hexadecimal(digest.bytes)))"
        return """
            INSERT OR IGNORE INTO btf (digest, size, encoding, payload)
                VALUES (\(hexadecimal(digest.bytes)), \(module.btf.count), 2, \(hexadecimal(delta)));
            INSERT OR IGNORE INTO deltas VALUES (\(own), \(baseRow), \(outer), \(number + 1), \(deltaSeal));
            INSERT INTO modules VALUES (\(number + 1), '\(module.name)', \(buildID), \(own), \(moduleSeal));

            """
    }

    private func sql(_ statement: String) throws -> String { try Tool.run("sqlite3", [fixture.path, statement]).text }

    @Test("they are read as they are, and optimizing stores them as what they add to the other kernel's")
    func optimize() throws {
        #expect(throws: StoreError.tooOld(path: fixture.path, version: 5, supported: 6)) {
            try HubStore(fixture.path, access: .readOnly)
        }
        let store = try HubStore(fixture.path, access: .readWrite)
        try ModuleSeries.expectWhole(store, 0..<2)
        #expect(try sql("SELECT count(*) FROM module_deltas") == "0\n")
        let before = try store.statistics()
        #expect(try store.optimize().joined == 1)
        try ModuleSeries.expectWhole(store, 0..<2)
        let all = try ModuleSeries.modules.get()
        #expect(try sql("SELECT count FROM module_deltas") == "\(all[1].count)\n")
        #expect(try sql("SELECT count(*) FROM modules") == "\(all[0].count)\n")
        #expect(try sql("SELECT count(*) FROM deltas WHERE outer_id IS NOT NULL") == "\(all[0].count)\n")
        let after = try store.statistics()
        #expect(after.modules == before.modules)
        let again = try store.optimize()
        #expect(again.total == 0 && again.joined == 0)
    }

    @Test("a kernel that comes builds on them as they are, and they can be replaced")
    func more() throws {
        let store = try HubStore(fixture.path, access: .readWrite)
        try store.add(ModuleSeries.kernel(2))
        try ModuleSeries.expectWhole(store, 0..<3)
        #expect(try sql("SELECT kernel_id FROM module_deltas") == "3\n")
        #expect(try store.add(ModuleSeries.kernel(0)) == .unchanged)
        try store.optimize()
        try ModuleSeries.expectWhole(store, 0..<3)
        try store.add(try StoreFixture.kernel(SeriesFixture.release(1), buildID: [2], btf: StoreFixture.otherBTF.get()))
        try ModuleSeries.expectWhole(store, [0, 2])
    }
}
