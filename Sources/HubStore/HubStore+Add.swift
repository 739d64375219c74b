public import Foundation
internal import BTF
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
        let rows = try read { database in try encode(contents, kernel, in: database) }
        return try write { database in
            let ledgerID = try package.map { try LedgerTable.record(.stored, for: $0, at: time, in: database) }
            // Another process may have removed what was there a moment ago, and what deltas were made against.
            if try !rows.allSatisfy({ try BTFTable.write($0, in: database) }) || !holdsAll(contents, in: database) {
                for row in try encode(contents, kernel, in: database) { _ = try BTFTable.write(row, in: database) }
            }
            return try put(kernel, contents, ledgerID: ledgerID, at: time, in: database)
        }
    }

    private func holdsAll(_ contents: NewContents, in database: Database) throws -> Bool {
        try contents.byDigest.keys.allSatisfy { try BTFTable.id(of: $0, in: database) != nil }
    }

    /// Encodes what the store does not hold whole, bases before what builds on them.
    private func encode(
        _ contents: NewContents,
        _ kernel: NewKernel,
        in database: Database
    ) throws -> [EncodedContent] {
        let reader = ContentReader(database: database, cache: cache)
        let encoder = ContentEncoder(reader: reader)
        var rows: [EncodedContent] = []
        var stored: StoredTable?
        var base: ContentDigest?
        if let entry = try reader.wholeEntry(of: contents.kernel) {
            if !contents.modules.isEmpty { stored = try? reader.table(id: entry.id) }
            base = try entry.baseID.map { try reader.entry(id: $0).digest }
        } else {
            let encoded = try encoder.kernel(kernel.btf, contents.kernelBTF, digest: contents.kernel)
            rows.append(encoded.content)
            stored = encoded.stored
            base = encoded.content.base
        }
        var done: Set<ContentDigest> = [contents.kernel]
        for (module, digest) in zip(kernel.modules, contents.modules) where done.insert(digest).inserted {
            if try reader.wholeEntry(of: digest) != nil { continue }
            let moduleBase = try stored.flatMap {
                try encoder.moduleBase(named: module.name, of: $0, contents.kernel, base: base)
            }
            let btf = try BTF(parsing: module.btf, base: contents.kernelBTF)
            rows.append(
                try encoder.module(
                    module.btf,
                    btf,
                    digest: digest,
                    kernel: stored,
                    kernelDigest: contents.kernel,
                    base: moduleBase
                )
            )
        }
        return rows
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
