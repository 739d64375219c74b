public import BTF
internal import BTFDelta
internal import Foundation
internal import GRDB

/// Answers about kernels, each found once for all kernels on which it rests on the same types.
///
/// An answer comes with the types that were looked at and the names that were looked up. Along the chain of deltas it
/// holds for every kernel up to the first delta that touches any of them, and no kernel is decoded to find that out. What
/// a kernel's modules hold is not considered.
///
/// A value of this type is for one thread. It keeps a few hundred bytes for each BTF that others build on.
public struct SharedAnswers<Answer> {
    private let store: HubStore
    private var answers: [Answer] = []
    private var known: [Int64: (answer: Int, footprint: Footprint)] = [:]

    /// Begins without answers.
    ///
    /// - Parameter store: the store whose kernels are asked about; a snapshot of it.
    public init(in store: HubStore) { self.store = store }

    /// The number of different answers so far.
    public var count: Int { answers.count }

    /// The answer for a kernel, where it follows from one that is known.
    ///
    /// - Parameter kernel: a kernel of the store.
    /// - Returns: nil when the kernel has to be asked itself.
    /// - Throws: `StoreError` when the store cannot be read.
    public mutating func answer(for kernel: Kernel) throws(StoreError) -> Answer? {
        let known = known
        let found = try store.read { database -> (answer: Int, carried: [(Int64, Footprint)])? in
            let links = Links(database: database)
            guard let id = try BTFTable.id(of: kernel.btf.digest, in: database) else { return nil }
            var path: [Link] = []
            var at = id
            while known[at] == nil {
                guard path.count < ContentReader.chainLimit, let link = try links.link(from: at) else { return nil }
                path.append(link)
                at = link.baseID
            }
            guard let start = known[at] else { return nil }
            var footprint = start.footprint
            var carried: [(Int64, Footprint)] = []
            for link in path.reversed() {
                guard let next = footprint.carried(to: link.script) else { return nil }
                footprint = next
                if try links.isBase(link.id) { carried.append((link.id, footprint)) }
            }
            return (start.answer, carried)
        }
        guard let (answer, carried) = found else { return nil }
        for (id, footprint) in carried { self.known[id] = (answer, footprint) }
        return answers[answer]
    }

    /// Takes note of an answer that was found by asking a kernel.
    ///
    /// - Parameters:
    ///   - answer: the answer.
    ///   - kernel: the kernel that was asked.
    ///   - types: all types that were looked at.
    ///   - essentialNames: all essential names for which types were looked up, whether or not there were any.
    ///   - btf: the kernel's BTF.
    /// - Throws: `StoreError` when the store cannot be read.
    public mutating func record(
        _ answer: Answer,
        for kernel: Kernel,
        types: some Sequence<TypeID>,
        essentialNames: some Sequence<[UInt8]>,
        of btf: BTF
    ) throws(StoreError) {
        guard let table = TypeTable(btf) else { return }
        answers.append(answer)
        let number = answers.count - 1
        let start = Footprint(types: types, essentialNames: essentialNames, in: table)
        let known = known
        let found = try store.read { database in
            let links = Links(database: database)
            var found: [(Int64, Footprint)] = []
            guard var id = try BTFTable.id(of: kernel.btf.digest, in: database) else { return found }
            var footprint = start
            found.append((id, footprint))
            while found.count < ContentReader.chainLimit, let link = try links.link(from: id),
                known[link.baseID] == nil, let before = footprint.carried(back: link.script)
            {
                footprint = before
                id = link.baseID
                found.append((id, footprint))
            }
            return found
        }
        for (id, footprint) in found { self.known[id] = (number, footprint) }
    }
}

/// A delta between two kernels' BTFs, without what it adds.
private struct Link {
    let id: Int64
    let baseID: Int64
    let script: TypeScript
}

/// Reads the scripts of deltas.
private struct Links {
    let database: Database

    /// The delta that a BTF is; nil when it is none, or damaged.
    func link(from id: Int64) throws -> Link? {
        let statement = try database.cachedStatement(
            sql: """
                SELECT base_id, deltas.seal, own.digest, base.digest, own.payload FROM deltas
                JOIN btf AS own ON own.id = deltas.btf_id JOIN btf AS base ON base.id = deltas.base_id
                WHERE deltas.btf_id = ? AND outer_id IS NULL
                """
        )
        guard let row = try Row.fetchOne(statement, arguments: [id]), let baseID = Int64.fromDatabaseValue(row[0]),
            let seal = Data.fromDatabaseValue(row[1]), let own = try? row.digestColumn(2),
            let base = try? row.digestColumn(3), let payload = Data.fromDatabaseValue(row[4]),
            seal == Seal.delta(own, base: base, payload: Array(payload)), let script = try? TypeScript(Array(payload))
        else { return nil }
        return Link(id: id, baseID: baseID, script: script)
    }

    /// Whether other BTF builds on one.
    func isBase(_ id: Int64) throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM deltas WHERE base_id = ?)")
        return try Bool.fetchOne(statement, arguments: [id]) ?? false
    }
}
