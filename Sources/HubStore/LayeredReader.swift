internal import BTF
public import BTFDelta
internal import Foundation
internal import GRDB

/// Reads kernels' types one at a time, through the deltas that the kernels are stored as.
///
/// What was opened last is kept, so that kernels asked for in the order of `HubStore.byLineage` find open what they build
/// on. A value of this type is for one thread.
public struct LayeredReader {
    private let store: HubStore
    private var links = DeltaLinks()
    private var layers: [Int64: LayeredTypes] = [:]

    /// From how many open BTFs on those are closed that are not built on by what is asked for.
    private static let limit = 16

    /// Begins with nothing open.
    ///
    /// - Parameter store: the store whose kernels are read; a snapshot of it.
    public init(in store: HubStore) { self.store = store }

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
            let path = try path(of: btf)
            if layers.count > Self.limit {
                let needed = Set(path.map(\.id))
                layers = layers.filter { needed.contains($0.key) }
            }
            guard !path.isEmpty else { throw Damage(reason: "the store does not hold its bytes") }
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

    /// The way from some BTF to what is stored whole, both included; empty when the store does not hold it.
    private mutating func path(of btf: ContentDigest) throws -> [DeltaLinks.Link] {
        var links = links
        if links[btf] == nil { try store.read { try links.read([btf], in: $0) } }
        self.links = links
        var path: [DeltaLinks.Link] = []
        var next = links[btf]
        while let link = next {
            guard path.count < ContentReader.chainLimit else { throw Damage(reason: "its chain of bases has no end") }
            path.append(link)
            next = link.baseID.flatMap { links[$0] }
        }
        return path
    }

    private func layer(of link: DeltaLinks.Link, over base: LayeredTypes?) throws -> LayeredTypes? {
        guard let base else {
            let cache = store.cache
            let table = try store.reader.read { try Self.table(id: link.id, ContentReader(database: $0, cache: cache)) }
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

extension HubStore {
    /// Groups kernels so that those whose BTF builds on the same stand together, each after what it builds on.
    ///
    /// - Parameters:
    ///   - kernels: the kernels, whatever stands for them.
    ///   - digest: gives the SHA-256 of a kernel's BTF.
    /// - Returns: the same in that order, in groups that have little in common; what the store does not hold comes first.
    /// - Throws: `StoreError` when the store cannot be read.
    public func byLineage<Item>(
        _ kernels: some Sequence<Item>,
        digest: (Item) -> ContentDigest
    ) throws(StoreError) -> [[Item]] {
        let paths = try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT base_id FROM deltas WHERE btf_id = ? AND outer_id IS NULL"
            )
            var bases: [Int64: Int64?] = [:]
            var paths: [(path: [Int64], item: Item)] = []
            for kernel in kernels {
                var path: [Int64] = []
                var next = try BTFTable.id(of: digest(kernel), in: database)
                while let id = next, path.count < ContentReader.chainLimit {
                    path.append(id)
                    if let known = bases[id] {
                        next = known
                        continue
                    }
                    next = try Row.fetchOne(statement, arguments: [id]).flatMap { try $0.optionalColumn(0) }
                    bases[id] = .some(next)
                }
                paths.append((path.reversed(), kernel))
            }
            return paths.sorted { $0.path.lexicographicallyPrecedes($1.path) }
        }
        var groups: [[Item]] = []
        var last: ArraySlice<Int64>?
        for (path, item) in paths {
            // Many stand on one whole BTF; those that stand on the same delta above it share more.
            let start = path.prefix(2)
            if start == last { groups[groups.count - 1].append(item) } else { groups.append([item]) }
            last = start
        }
        return groups
    }
}
