internal import BTF
public import BTFDelta
internal import Foundation
internal import GRDB
internal import Synchronization

/// Reads kernels' types one at a time, through the deltas that the kernels are stored as.
///
/// What the last kernel builds on stays open, so that kernels asked for in the order of `HubStore.byLineage` open only what
/// is their own. A value of this type is for one thread.
public struct LayeredReader {
    private let store: HubStore
    private let tables: WholeTables
    private var links = DeltaLinks()
    private var layers: [Int64: LayeredTypes] = [:]

    /// How many BTFs are open: the last kernel's and those that it builds on.
    package var openCount: Int { layers.count }

    /// Begins with nothing open.
    ///
    /// - Parameters:
    ///   - store: the store whose kernels are read; a snapshot of it.
    ///   - tables: shared by readers that go through the same kernels on several threads.
    public init(in store: HubStore, sharing tables: WholeTables = WholeTables()) {
        self.store = store
        self.tables = tables
    }

    /// A kernel's types.
    ///
    /// What is stored whole is checked against its SHA-256, what is stored as a delta against its seal.
    ///
    /// - Parameter btf: the SHA-256 of the kernel's BTF.
    /// - Returns: the types, to be read on the same thread; nil where they are not in canonical form, so that they can only
    ///   be read as a whole.
    /// - Throws: `StoreError` when the store cannot be read; `damaged` when it does not hold the BTF whole.
    public mutating func types(of btf: ContentDigest) throws(StoreError) -> LayeredTypes? {
        do {
            let store = store
            if links[btf] == nil { try store.read { try links.read([btf], in: $0) } }
            let path = try links.path(of: btf)
            guard !path.isEmpty else { throw Damage(reason: "the store does not hold its bytes") }
            let needed = Set(path.map(\.id))
            layers = layers.filter { needed.contains($0.key) }
            var below: LayeredTypes?
            for link in path.reversed() {
                guard let layer = try layers[link.id] ?? layer(of: link, over: below) else { return nil }
                layers[link.id] = layer
                below = layer
            }
            return below
        } catch let damage as Damage {
            throw .damaged(path: store.path, subject: "the BTF of SHA-256 \(btf)", reason: damage.reason)
        } catch {
            throw StoreError(error, path: store.path, busyTimeout: store.busyTimeout)
        }
    }

    private func layer(of link: DeltaLinks.Link, over base: LayeredTypes?) throws -> LayeredTypes? {
        guard let base else {
            let table = try tables.table(of: link.id) {
                try store.reader.read { database in
                    // A cache of its own, so that what was read goes with who reads.
                    try Self.table(id: link.id, ContentReader(database: database, cache: ContentCache()))
                }
            }
            return table.flatMap { LayeredTypes($0) }
        }
        // Only fetching holds up other threads.
        let (payload, size) = try store.reader.read { try Self.payload(of: link.id, in: $0) }
        do { return try LayeredTypes(payload, over: base, limit: size) } catch {
            throw Damage(reason: "its payload cannot be decoded: \(error)")
        }
    }

    /// What is stored whole, checked against its SHA-256; nil where it is not in canonical form.
    private static func table(id: Int64, _ reader: ContentReader) throws -> TypeTable? {
        let entry = try reader.entry(id: id)
        guard entry.outerID == nil else { throw Damage(reason: "it is a kernel's and builds on a module's") }
        let bytes = try reader.canonicalBytes(of: entry)
        do {
            guard entry.encoding == .zstandard else { return try reader.layers(id: id).table() }
            return TypeTable(try BTF(parsing: bytes))
        } catch let error as BTFError {
            throw Damage(reason: "it cannot be read: \(error)")
        } catch let error as DeltaError {
            throw Damage(reason: "its payload cannot be decoded: \(error)")
        }
    }

    /// A delta's bytes, and how many those may be that it gives.
    private static func payload(of id: Int64, in database: Database) throws -> (bytes: [UInt8], size: Int) {
        let statement = try database.cachedStatement(
            sql: """
                SELECT own.digest, own.size, own.payload, deltas.seal, base.digest FROM btf AS own
                JOIN deltas ON deltas.btf_id = own.id JOIN btf AS base ON base.id = deltas.base_id WHERE own.id = ?
                """
        )
        guard let row = try Row.fetchOne(statement, arguments: [id]) else {
            throw Damage(reason: "a BTF that it builds on is missing")
        }
        let size: Int = try row.column(1)
        guard (1...BTFTable.sizeLimit).contains(size) else { throw Damage(reason: "its stored size is impossible") }
        let payload = Array(try row.column(2, Data.self))
        let seal = Seal.delta(try row.digestColumn(0), base: try row.digestColumn(4), payload: payload)
        guard try row.column(3, Data.self) == seal else { throw Damage(reason: "a delta does not match its seal") }
        return (payload, size)
    }
}

/// What is stored whole and was read last, so that threads that read what builds on it share it.
public final class WholeTables: Sendable {
    private let last = Mutex<(id: Int64, table: TypeTable?)?>(nil)

    /// Begins with nothing.
    public init() {}

    /// What is stored whole under an id, read where another was read last. Who asks for the same meanwhile waits.
    func table(of id: Int64, _ read: () throws -> TypeTable?) throws -> TypeTable? {
        try last.withLock { last in
            if let last, last.id == id { return last.table }
            // What was read before goes first, so that there are not two.
            last = nil
            let table = try read()
            last = (id, table)
            return table
        }
    }
}
