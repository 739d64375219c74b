internal import BTF
internal import BTFDelta
internal import Foundation
internal import GRDB

/// How far `HubStore.optimize(_:)` is, and what it has saved.
public struct Optimization: Hashable, Sendable {
    /// The BTFs that were examined.
    public var examined = 0
    /// The kernels in whose modules names were noted.
    public var noted = 0
    /// The kernels whose modules are stored as what they add to another kernel's now.
    public var joined = 0
    /// The number of all that is to be examined, noted or joined.
    public var total = 0
    /// The BTFs that are stored otherwise now.
    public var changed = 0
    /// The bytes of payload that were saved; less than nothing where reading faster takes more.
    public var savedBytes = 0
}

extension HubStore {
    /// Chooses the bases of the kernels' BTFs anew, now that more is stored than when each was added, notes the names in
    /// modules that were stored by a version which did not, and stores modules that a version before 6 has stored one by one
    /// as what they add to those of another kernel.
    ///
    /// Each BTF and each kernel's modules are one transaction, so that others can read and write meanwhile; ended at any
    /// moment, the work goes on where it was. A kernel whose modules build on it keeps its base.
    ///
    /// - Parameter progress: is told after each BTF and each kernel.
    /// - Returns: what was done.
    /// - Throws: `StoreError` when the store cannot be written, and what the closure throws.
    @discardableResult
    public func optimize(_ progress: (Optimization) throws -> Void = { _ in }) throws -> Optimization {
        guard writer != nil else { throw StoreError.readOnly(path: path) }
        var result = Optimization()
        let ids = try read { database in
            try Int64.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT kernels.btf_id FROM kernels LEFT JOIN sketches ON sketches.btf_id = kernels.btf_id
                    WHERE examined IS NULL OR examined < (SELECT max(btf_id) FROM kernels) ORDER BY 1
                    """
            )
        }
        let unnoted = try kernelsWithoutModuleNames()
        let unjoined = try kernelsWithModuleRows()
        result.total = ids.count + unnoted.count + unjoined.count
        for id in unnoted {
            try noteModuleNames(ofKernel: id)
            result.noted += 1
            try progress(result)
        }
        try write { database in try ModuleNameTable.removeUnused(in: database) }
        for id in unjoined {
            if try joinModules(ofKernel: id) { result.joined += 1 } else { result.total -= 1 }
            try progress(result)
        }
        for id in ids {
            let saved = try optimize(id)
            result.examined += 1
            if saved != 0 { result.changed += 1 }
            result.savedBytes += saved
            try progress(result)
        }
        return result
    }

    /// Gives the pages of the file that nothing uses any more back to the file system. It takes as much space again.
    ///
    /// - Throws: `StoreError` when the store cannot be written.
    public func compact() throws(StoreError) {
        guard let writer else { throw .readOnly(path: path) }
        do { try writer.vacuum() } catch { throw StoreError(error, path: path, busyTimeout: busyTimeout) }
    }

    /// What a better way to store a BTF is.
    private struct Improvement {
        let before: ContentReader.Entry
        let after: EncodedContent?
        let sketch: Sketch
        let payloadLength: Int
    }

    /// Stores one BTF otherwise if that saves bytes, or if it takes too long to read.
    ///
    /// - Returns: the number of bytes saved.
    private func optimize(_ id: Int64) throws -> Int {
        let found = try read { database -> Improvement? in
            do { return try improvement(of: id, in: database) } catch is Damage { return nil }
        }
        guard let found else { return 0 }
        return try write { database in
            try database.execute(
                sql: """
                    INSERT INTO sketches (btf_id, hashes, examined) VALUES (?1, ?2, (SELECT max(btf_id) FROM kernels))
                    ON CONFLICT (btf_id) DO UPDATE SET examined = excluded.examined
                    """,
                arguments: [id, Data(found.sketch.bytes)]
            )
            guard let after = found.after,
                let saved = try apply(after, to: id, instead: found, in: database)
            else { return 0 }
            return saved
        }
    }

    private func improvement(of id: Int64, in database: Database) throws -> Improvement? {
        let reader = ContentReader(database: database, cache: cache)
        let entry = try reader.entry(id: id)
        let bytes = try reader.canonicalBytes(of: entry)
        let lengthSQL = "SELECT length(payload) FROM btf WHERE id = ?"
        let length = try Int.fetchOne(database, sql: lengthSQL, arguments: [id]) ?? 0
        guard let btf = try? BTF(parsing: bytes), let table = TypeTable(btf) else { return nil }
        let hashes = TypeHashes(of: table)
        func found(_ content: EncodedContent?) -> Improvement {
            Improvement(before: entry, after: content, sketch: hashes.sketch, payloadLength: length)
        }
        let hasModules = try Int.fetchOne(
            database,
            sql: """
                SELECT 1 FROM deltas WHERE outer_id = ?1
                UNION ALL SELECT 1 FROM kernels JOIN module_deltas ON kernel_id = kernels.id WHERE btf_id = ?1 LIMIT 1
                """,
            arguments: [id]
        )
        guard hasModules == nil else { return found(nil) }
        let above = try Self.heights(above: id, in: database)
        let excluded = Set(above.keys).union([id])
        let encoder = ContentEncoder(reader: reader)
        let bases = try BaseChoice(reader: reader).bases(
            for: hashes,
            size: entry.size,
            excluding: excluded,
            height: above.values.max() ?? 0
        )
        // As stored by a version that had other limits, or on a base that has been given another one since.
        let isTooLong = try reader.chainBytes(of: entry) > BaseChoice.most(size: entry.size)
        if !isTooLong, let best = bases.first, best.entry.id == entry.baseID { return found(nil) }
        guard var content = try encoder.delta(bytes, table, entry.digest, against: bases)?.content else {
            guard entry.encoding == .zstandard || isTooLong else { return found(nil) }
            let content = try ContentEncoder.table(bytes, table, digest: entry.digest)
            return found(content.encoding == .table ? content : nil)
        }
        content.sketch = hashes.sketch
        let links = BaseChoice.bytesPerLink * (content.depth - entry.depth)
        return found(isTooLong || content.payload.count + links < length ? content : nil)
    }

    /// How many deltas lie between a BTF and each that builds on it.
    private static func heights(above id: Int64, in database: Database) throws -> [Int64: Int] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                WITH RECURSIVE above (id, height) AS (
                    SELECT btf_id, 1 FROM deltas WHERE base_id = ?1
                    UNION SELECT btf_id, height + 1 FROM deltas JOIN above ON base_id = above.id WHERE height < ?2
                ) SELECT id, height FROM above
                """,
            arguments: [id, ContentReader.chainLimit]
        )
        return rows.reduce(into: [:]) { $0[$1[0]] = max($0[$1[0]] ?? 0, $1[1]) }
    }

    /// Writes a BTF otherwise, unless the store has changed under it.
    private func apply(
        _ content: EncodedContent,
        to id: Int64,
        instead improvement: Improvement,
        in database: Database
    ) throws -> Int? {
        let reader = ContentReader(database: database, cache: cache)
        guard let now = try? reader.entry(id: id), now.encoding == improvement.before.encoding,
            now.baseID == improvement.before.baseID
        else { return nil }
        let above = try Self.heights(above: id, in: database)
        var baseID: Int64?
        if let digest = content.base {
            guard let base = try? reader.entry(of: digest), base.depth + 1 == content.depth, above[base.id] == nil,
                base.id != id, content.depth + (above.values.max() ?? 0) <= BaseChoice.depthLimit
            else { return nil }
            baseID = base.id
        }
        try database.execute(
            sql: "UPDATE btf SET encoding = ?, payload = ? WHERE id = ?",
            arguments: [content.encoding.rawValue, Data(content.payload), id]
        )
        try BTFTable.writeDelta(content, of: id, base: baseID, outer: nil, in: database)
        for (other, height) in above {
            try database.execute(
                sql: "UPDATE deltas SET depth = ? WHERE btf_id = ?",
                arguments: [content.depth + height, other]
            )
        }
        return improvement.payloadLength - content.payload.count
    }
}
