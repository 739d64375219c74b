public import Foundation
internal import BTF
internal import BTFDelta
internal import GRDB
internal import KernelIdentity

extension HubStore {
    /// Stores a kernel with its modules, and says so in the ledger, in one transaction.
    ///
    /// Where the name stands for another build (of another build-id), that build is superseded: it stays in the store
    /// and can be found by its build-id. The same build with other BTF is replaced.
    ///
    /// - Parameters:
    ///   - kernel: the kernel.
    ///   - package: the package it comes from, or nil when it comes from none.
    ///   - time: when that is.
    /// - Returns: what has changed.
    /// - Throws: `StoreError` when the BTF is none, or the store cannot be written; the store is then as before.
    @discardableResult
    public func add(
        _ kernel: NewKernel,
        from package: SourcePackage? = nil,
        at time: Date = Date()
    ) throws(StoreError) -> Addition {
        guard writer != nil else { throw .readOnly(path: path) }
        let contents = try NewContents(kernel)
        // Encoding is slow and needs no lock; what the store holds whole is left out.
        var encoded = try read { database in try encode(contents, kernel, in: database) }
        for _ in 0..<Self.siblingRounds {
            if let addition = try write(kernel, contents, encoded, isLastTry: false, from: package, at: time) {
                return addition
            }
            encoded = try read { database in try encode(contents, kernel, instead: encoded, in: database) }
        }
        return try write(kernel, contents, encoded, isLastTry: true, from: package, at: time) ?? .unchanged
    }

    /// How often a BTF that is to be stored in many bytes is held against what others have stored meanwhile.
    private static let siblingRounds = 64
    /// From how many bytes on that is worth it.
    private static let manyBytes = 16 * 1024

    /// What is to be written.
    private struct Encoded {
        let rows: [EncodedContent]
        /// What was stored last when this was found out.
        let newest: Int64

        /// The kernel's BTF, where it is to be stored whole or in many bytes.
        let large: EncodedContent?

        init(_ kernel: ContentDigest, rows: [EncodedContent], newest: Int64) {
            self.rows = rows
            self.newest = newest
            large = rows.first { row in
                row.digest == kernel && (row.encoding == .table || row.payload.count >= HubStore.manyBytes)
            }
        }
    }

    /// Writes a kernel; nil, and nothing is written, when there may be a better base for it by now.
    private func write(
        _ kernel: NewKernel,
        _ contents: NewContents,
        _ encoded: Encoded,
        isLastTry: Bool,
        from package: SourcePackage?,
        at time: Date
    ) throws(StoreError) -> Addition? {
        try write { database in
            // Of siblings that are added at once, only one need be stored in many bytes.
            if !isLastTry, encoded.large != nil, try BTFTable.newest(in: database) ?? 0 != encoded.newest { return nil }
            let ledgerID = try package.map { try LedgerTable.record(.stored, for: $0, at: time, in: database) }
            // Another process may have removed what was there a moment ago, and what deltas were made against.
            if try !encoded.rows.allSatisfy({ try BTFTable.write($0, in: database) })
                || !holdsAll(contents, in: database)
            {
                for row in try encode(contents, kernel, in: database).rows { _ = try BTFTable.write(row, in: database) }
            }
            return try put(kernel, contents, ledgerID: ledgerID, at: time, in: database)
        }
    }

    private func holdsAll(_ contents: NewContents, in database: Database) throws -> Bool {
        try contents.byDigest.keys.allSatisfy { try BTFTable.id(of: $0, in: database) != nil }
    }

    /// Encodes what the store does not hold whole, bases before what builds on them.
    ///
    /// - Parameters:
    ///   - contents: the BTF.
    ///   - kernel: the kernel and its modules.
    ///   - former: what was to be written; it stays so unless there is a better base that was stored since.
    ///   - database: the store.
    /// - Returns: what is to be written.
    /// - Throws: what GRDB throws when the store cannot be read.
    private func encode(
        _ contents: NewContents,
        _ kernel: NewKernel,
        instead former: Encoded? = nil,
        in database: Database
    ) throws -> Encoded {
        let reader = ContentReader(database: database, cache: cache)
        let encoder = ContentEncoder(reader: reader)
        let newest = try BTFTable.newest(in: database) ?? 0
        var rows: [EncodedContent] = []
        let layers: TypeLayers?
        var base: ContentDigest?
        if let entry = try reader.wholeEntry(of: contents.kernel) {
            layers = contents.modules.isEmpty ? nil : try? reader.layers(id: entry.id)
            base = try entry.baseID.map { try reader.entry(id: $0).digest }
        } else {
            let encoded: ContentEncoder.Kernel
            if let former {
                let found = try encoder.delta(
                    kernel.btf,
                    contents.kernelBTF,
                    digest: contents.kernel,
                    newerThan: former.newest
                )
                guard let found, found.content.payload.count < former.large?.payload.count ?? 0 else {
                    return Encoded(contents.kernel, rows: former.rows, newest: newest)
                }
                encoded = found
            } else {
                encoded = try encoder.kernel(kernel.btf, contents.kernelBTF, digest: contents.kernel)
            }
            rows.append(encoded.content)
            layers = encoded.layers
            base = encoded.content.base
        }
        guard !contents.modules.isEmpty else { return Encoded(contents.kernel, rows: rows, newest: newest) }
        let context = layers.flatMap { ModuleContext(kernel: $0, digest: contents.kernel, base: base) }
        var done: Set<ContentDigest> = [contents.kernel]
        for (module, digest) in zip(kernel.modules, contents.modules) where done.insert(digest).inserted {
            if try reader.wholeEntry(of: digest) != nil { continue }
            let btf = try BTF(parsing: module.btf, base: contents.kernelBTF)
            let base = try context.flatMap { try encoder.moduleBase(named: module.name, for: $0) }
            rows.append(try encoder.module(module.btf, btf, digest: digest, of: context, base: base))
        }
        return Encoded(contents.kernel, rows: rows, newest: newest)
    }

    /// Makes the name stand for this build, whose content is in the table of BTF.
    private func put(
        _ kernel: NewKernel,
        _ contents: NewContents,
        ledgerID: Int64?,
        at time: Date,
        in database: Database
    ) throws -> Addition {
        let builds = try KernelTable.builds(named: kernel.name, in: database)
        let current = builds.first { $0.isCurrent }
        let same = builds.first { $0.buildID == kernel.buildID }
        if let current, current.id == same?.id, try holds(contents, of: kernel, id: current.id, in: database) {
            if let ledgerID { try KernelTable.setPackage(ledgerID, ofKernel: current.id, in: database) }
            return .unchanged
        }
        let unused = try same.map { try KernelTable.remove($0.id, in: database) } ?? []
        if let current, current.id != same?.id { try KernelTable.supersede(current.id, at: time, in: database) }
        try KernelTable.insert(kernel, contents, ledgerID: ledgerID, at: time, in: database)
        try BTFTable.removeUnused(unused, in: database)
        return current == nil ? .stored : .replaced
    }

    /// Whether a build consists of just these contents, its rows whole.
    private func holds(
        _ contents: NewContents,
        of new: NewKernel,
        id: Int64,
        in database: Database
    ) throws -> Bool {
        do {
            guard let kernel = try kernel(id: id, in: database), kernel.btf.digest == contents.kernel else {
                return false
            }
            guard !new.keepsStoredModules else { return true }
            let modules = try modules(of: kernel, in: database)
            return modules.map(\.name) == new.modules.map(\.name)
                && modules.map(\.buildID) == new.modules.map(\.buildID)
                && modules.map(\.btf.digest) == contents.modules
        } catch StoreError.damaged { return false }
    }
}

/// The BTF of a kernel that is to be stored: checked, with digests, identical ones once.
struct NewContents {
    /// The digest of the kernel's BTF.
    let kernel: ContentDigest
    /// The digests of the modules' BTF, in the order of the modules.
    let modules: [ContentDigest]
    /// What the types of each module are called, in the order of the modules.
    let moduleNames: [ModuleNames]
    /// The kernel's BTF.
    let kernelBTF: BTF
    /// The canonical bytes.
    let byDigest: [ContentDigest: [UInt8]]

    init(_ new: NewKernel) throws(StoreError) {
        let base = try Self.parse(new.btf, base: nil, subject: new.name.description)
        var byDigest: [ContentDigest: [UInt8]] = [:]
        kernel = ContentDigest(of: new.btf)
        byDigest[kernel] = new.btf
        var modules: [ContentDigest] = []
        var names: [ModuleNames] = []
        for module in new.modules {
            let digest = ContentDigest(of: module.btf)
            let types = try Self.parse(module.btf, base: base, subject: "module \(module.name) of \(new.name)")
            names.append(ModuleNames(module: module.name, btf: digest, types: NameSet(of: types)))
            byDigest[digest] = module.btf
            modules.append(digest)
        }
        self.modules = modules
        moduleNames = names
        kernelBTF = base
        self.byDigest = byDigest
    }

    private static func parse(_ bytes: [UInt8], base: BTF?, subject: String) throws(StoreError) -> BTF {
        guard bytes.count <= BTFTable.sizeLimit else {
            throw .invalidBTF(subject: subject, reason: "it has more than \(BTFTable.sizeLimit) bytes")
        }
        do { return try BTF(parsing: bytes, base: base) } catch {
            throw .invalidBTF(subject: subject, reason: error.description)
        }
    }
}
