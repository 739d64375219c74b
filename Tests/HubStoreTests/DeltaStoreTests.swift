import BTF
import BTFDelta
import Foundation
import HubStore
import KernelIdentity
import TestSupport
import Testing

@Suite("Kernels stored as deltas")
struct DeltaStoreTests {
    private func sql(_ path: String, _ statement: String) throws -> String {
        let result = try Tool.run("sqlite3", [path, statement])
        return String(decoding: result.output, as: UTF8.self)
    }

    @Test("a series costs little more than its first kernel, and every kernel and module comes out as it went in")
    func series() throws {
        let fixture = try SeriesFixture.store(withModules: true)
        let statistics = try fixture.store.statistics()
        let first = try SeriesFixture.kernels.get()[0].kernel.count
        #expect(statistics.encodedBytes < first)
        #expect(statistics.series.map(\.kernels) == [6])
        let store = try HubStore(fixture.path, access: .readOnly)
        for (number, pair) in try SeriesFixture.kernels.get().enumerated().reversed() {
            let kernel = try #require(try store.kernel(named: StoreFixture.name(SeriesFixture.release(number))))
            #expect(try store.btf(of: kernel) == pair.kernel)
            let module = try #require(try store.modules(of: kernel).first)
            #expect(try store.btf(of: module) == pair.module)
        }
        #expect(try store.verify { _ in })
        #expect(try Int(sql(fixture.path, "SELECT count(*) FROM deltas").trimmed) == 6)
        #expect(try Int(sql(fixture.path, "SELECT count(*) FROM module_deltas").trimmed) == 5)
    }

    @Test("an answer holds for the kernels whose types it rests on are the same, and for no other")
    func sharedAnswers() throws {
        let fixture = try SeriesFixture.store()
        let store = fixture.store
        let all = try SeriesFixture.kernels.get().map { try BTF(parsing: $0.kernel) }
        let kernels = try (0..<6).map {
            try #require(try store.kernel(named: StoreFixture.name(SeriesFixture.release($0))))
        }
        for (name, groups) in [("part_3", 1), (SeriesFixture.changedName(3), 2), ("inserted_4", 2)] {
            var answers = SharedAnswers<Int>(in: store)
            var found: [Int] = []
            for (kernel, btf) in zip(kernels, all) {
                if let answer = try answers.answer(for: kernel.btf.digest) {
                    found.append(answer)
                    continue
                }
                let ids = btf.ids(withEssentialNames: [Array(name.utf8)], ofKinds: [.structure])[0]
                let answer = ids.first.map { btf.members(of: $0).count } ?? 0
                let types = try #require(TypeTable(btf).flatMap { LayeredTypes($0) })
                let footprint = Footprint(types: ids, essentialNames: [Array(name.utf8)], in: types)
                try answers.record(answer, for: kernel.btf.digest, restingOn: footprint)
                found.append(answer)
            }
            let expected = all.map { btf in
                btf.ids(withEssentialNames: [Array(name.utf8)], ofKinds: [.structure])[0].first
                    .map { btf.members(of: $0).count } ?? 0
            }
            #expect(found == expected)
            #expect(Set(expected).count == groups)
            #expect(answers.count < 6)
        }
    }

    @Test("kernels read one type at a time say what they say as a whole, and damage is named")
    func layered() throws {
        let fixture = try SeriesFixture.store()
        let all = try SeriesFixture.kernels.get().map { try BTF(parsing: $0.kernel) }
        let digests = all.map { ContentDigest(of: $0.serialized()) }
        let groups = try fixture.store.byLineage(digests, digest: { $0 })
        #expect(Set(groups.joined()) == Set(digests) && groups.joined().count == digests.count)
        var reader = LayeredReader(in: try fixture.store.snapshot())
        for digest in groups.joined() {
            let btf = all[try #require(digests.firstIndex(of: digest))]
            let types = try #require(try reader.types(of: digest))
            #expect(types.endID == btf.endID)
            for id in btf.ids {
                let (one, other) = (types.header(of: id).name, btf.header(of: id).name)
                #expect(types.bytes(at: one).elementsEqual(btf.bytes(at: other)))
                #expect(types.members(of: id).map(\.bitOffset) == btf.members(of: id).map(\.bitOffset))
            }
        }
        // What the last one does not build on is closed.
        let whole = try #require(ContentDigest(try sql(fixture.path, Self.wholeKernel).trimmed.lowercased()))
        _ = try reader.types(of: whole)
        #expect(reader.openCount == 1)
        let absent = ContentDigest(of: [1])
        #expect(throws: StoreError.self) { try reader.types(of: absent) }
        #expect(try fixture.store.byLineage([absent], digest: { $0 }) == [[absent]])
        // Every payload gets another byte at its end.
        _ = try sql(fixture.path, "UPDATE btf SET payload = CAST(payload || x'00' AS BLOB)")
        var damaged = LayeredReader(in: try HubStore(fixture.path, access: .readOnly))
        for digest in digests {
            #expect { try damaged.types(of: digest) } throws: { error in
                if case StoreError.damaged? = error as? StoreError { true } else { false }
            }
        }
    }

    /// The digest of a kernel's BTF that is stored whole.
    private static let wholeKernel = """
        SELECT hex(digest) FROM btf JOIN kernels ON btf_id = btf.id WHERE btf.id NOT IN (SELECT btf_id FROM deltas)
        """

    @Test("in the order of lineage kernels of one BTF stand together, in rows and portions of the sizes asked for")
    func lineage() throws {
        let fixture = try SeriesFixture.store()
        let digests = try SeriesFixture.kernels.get().map { ContentDigest(of: $0.kernel) }
        // So many stand for as many kernels that some have to begin a row.
        let many = digests.flatMap { Array(repeating: $0, count: 50) }
        let rows = try fixture.store.byLineage(many, digest: \.self)
        #expect(rows.count > 1 && rows.allSatisfy { (1...128).contains($0.count) })
        #expect(rows.joined().count == many.count && Set(rows.joined()) == Set(digests))
        #expect(Parallel.portions(of: rows, atLeast: 1).count == rows.count)
        let portions = Parallel.portions(of: rows, atLeast: 150)
        #expect(portions.flatMap(\.self) == rows)
        #expect(portions.dropLast().allSatisfy { $0.joined().count >= 150 })
        var seen: [ContentDigest] = []
        for digest in rows.joined() where seen.last != digest { seen.append(digest) }
        #expect(seen.count == digests.count)
        #expect(try HubStore(fixture.path, access: .readOnly).byLineage([ContentDigest](), digest: \.self).isEmpty)
    }

    @Test("optimizing finds bases that were stored later, and what it is told again to do is done")
    func optimize() throws {
        let fixture = try StoreFixture()
        for number in [5, 0, 3, 4, 1, 2] {
            try fixture.store.add(
                try StoreFixture.kernel(SeriesFixture.release(number), btf: SeriesFixture.kernels.get()[number].kernel)
            )
        }
        let before = try fixture.store.statistics().encodedBytes
        let result = try fixture.store.optimize()
        #expect(result.examined == 6)
        #expect(try fixture.store.statistics().encodedBytes == before - result.savedBytes)
        #expect(try fixture.store.optimize().examined == 0)
        #expect(try fixture.store.verify { _ in })
        try fixture.store.compact()
        #expect(try fixture.store.verify { _ in })
    }

    @Test("optimizing turns a store of version 1 into deltas")
    func optimizeVersion1() throws {
        let fixture = try StoreFixture()
        for (number, pair) in try SeriesFixture.kernels.get().enumerated() {
            try fixture.store.add(try StoreFixture.kernel(SeriesFixture.release(number), btf: pair.kernel))
            // As if it had been stored alone.
            if number < 5 { _ = try sql(fixture.path, "DELETE FROM sketches") }
        }
        _ = try fixture.store.optimize()
        _ = try sql(fixture.path, "UPDATE sketches SET examined = 0")
        _ = try fixture.store.optimize()
        #expect(try Int(sql(fixture.path, "SELECT count(*) FROM deltas").trimmed) == 5)
        #expect(try fixture.store.verify { _ in })
    }

    @Test("damage in a base is named with every kernel that builds on it, and repair leaves what is whole")
    func damagedBase() throws {
        let fixture = try SeriesFixture.store(withModules: true)
        let damage = "UPDATE btf SET payload = zeroblob(length(payload)) WHERE id = "
        let base = try sql(fixture.path, "SELECT base_id FROM deltas WHERE outer_id IS NULL AND depth > 1 LIMIT 1")
            .trimmed
        _ = try sql(fixture.path, damage + base)
        let store = try HubStore(fixture.path, access: .readWrite)
        var broken: Set<String> = []
        _ = try store.verify { if !$0.isIntact, case .kernel(let name) = $0.subject { broken.insert(name) } }
        #expect(broken.count > 1 && broken.count < 6)
        var dropped: [DroppedKernel] = []
        try store.repair { dropped.append($0) }
        #expect(Set(dropped.map(\.kernel)) == broken)
        #expect(dropped.allSatisfy { $0.package?.hasPrefix("linux-image-6.1.0-") == true })
        #expect(try store.verify { _ in })
        #expect(try store.kernels().kernels.count == 6 - broken.count)
        for (number, pair) in try SeriesFixture.kernels.get().enumerated() {
            let name = try StoreFixture.name(SeriesFixture.release(number))
            if let kernel = try store.kernel(named: name) { #expect(try store.btf(of: kernel) == pair.kernel) }
            let package = StoreFixture.package("linux-image-\(SeriesFixture.release(number))", digest: UInt8(number))
            let isDropped = broken.contains(name.description)
            #expect(try store.decision(for: package, at: Date()).shouldProcess == isDropped)
        }
    }

    @Test("flipped and cut bytes never give wrong bytes, and whole kernels stay readable", arguments: 0..<10)
    func flippedBytes(seed: UInt64) throws {
        let fixture = try SeriesFixture.store(withModules: true)
        try fixture.store.close()
        let all = Set(try (0..<6).map { try StoreFixture.name(SeriesFixture.release($0)).description })
        let intact = Array(try Data(contentsOf: URL(filePath: fixture.path)))
        let folder = try TemporaryDirectory()
        var generator = SeededGenerator(seed: seed)
        var damaged = 0
        for round in 0..<100 {
            var bytes = intact
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            if round % 10 == 0 {
                bytes.removeLast(bytes.count - place)
            } else {
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            let path = folder.path("hub.db")
            try Data(bytes).write(to: URL(filePath: path))
            if try readAll(path, of: all) < 6 { damaged += 1 }
            try FileManager.default.removeItem(atPath: path)
        }
        #expect(damaged > 10)
    }

    @Test("a reference to the wrong row never gives wrong bytes")
    func wrongReferences() throws {
        let fixture = try SeriesFixture.store(withModules: true)
        try fixture.store.close()
        let all = Set(try (0..<6).map { try StoreFixture.name(SeriesFixture.release($0)).description })
        let intact = try Data(contentsOf: URL(filePath: fixture.path))
        var (tried, damaged) = (0, 0)
        for (table, key, column, target) in [
            ("deltas", "btf_id", "base_id", "btf"), ("deltas", "btf_id", "outer_id", "btf"),
            ("modules", "kernel_id", "btf_id", "btf"), ("module_deltas", "kernel_id", "base_id", "kernels"),
        ] {
            let keys = try sql(fixture.path, "SELECT \(key) FROM \(table) WHERE \(column) IS NOT NULL")
            let others = try sql(fixture.path, "SELECT id FROM \(target)").split(separator: "\n")
            for (id, other) in keys.split(separator: "\n").flatMap({ id in others.map { (id, $0) } }) {
                let folder = try TemporaryDirectory()
                let path = folder.path("hub.db")
                try intact.write(to: URL(filePath: path))
                _ = try sql(path, "UPDATE \(table) SET \(column) = \(other) WHERE \(key) = \(id)")
                tried += 1
                if try readAll(path, of: all) < 6 { damaged += 1 }
            }
        }
        // Of all these references only those that stood there before are right.
        #expect(tried > 70 && damaged > tried / 2)
    }

    /// Reads all kernels; wrong bytes fail the test, and so does a kernel that cannot be read and that verifying does not
    /// name, unless the file itself is damaged.
    ///
    /// - Returns: how many could be read.
    private func readAll(_ path: String, of all: Set<String>) throws -> Int {
        let kernels = try SeriesFixture.kernels.get()
        var whole = 0
        var unread = all
        guard let store = try? HubStore(path, access: .readOnly) else { return 0 }
        for (number, pair) in kernels.enumerated() {
            do {
                let name = try StoreFixture.name(SeriesFixture.release(number))
                guard let kernel = try store.kernel(named: name) else { continue }
                let bytes = try store.btf(of: kernel)
                #expect(bytes == pair.kernel)
                for module in try store.modules(of: kernel) { #expect(try store.btf(of: module) == pair.module) }
                whole += 1
                unread.remove(name.description)
            } catch is StoreError {}
        }
        do {
            var isFileIntact = true
            // Where the damage is in the name itself, the kernel is named by what is left of it.
            var otherwiseNamed = 0
            let isIntact = try store.verify { result in
                switch result.subject {
                case .file: isFileIntact = result.isIntact
                case .kernel(let name):
                    if !result.isIntact { unread.remove(name) }
                    if !result.isIntact, !all.contains(name) { otherwiseNamed += 1 }
                }
            }
            #expect(isIntact == false || whole == 6)
            if isFileIntact { #expect(unread.count <= otherwiseNamed, "not named as damaged: \(unread)") }
        } catch is StoreError {}
        return whole
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
