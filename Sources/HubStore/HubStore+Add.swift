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
        let missing = try read { database in
            try contents.byDigest.filter { try !BTFTable.holds($0.key, in: database) }
        }
        let rows: [BTFTable.Row]
        do { rows = try missing.map { try BTFTable.encode($0.value, digest: $0.key) } } catch {
            throw .failed(path: path, reason: String(describing: error))
        }
        return try write { database in
            let ledgerID = try package.map { try LedgerTable.record(.stored, for: $0, at: time, in: database) }
            for row in rows { try BTFTable.write(row, in: database) }
            // Another process may have removed what was there a moment ago.
            for (digest, bytes) in contents.byDigest where try BTFTable.id(of: digest, in: database) == nil {
                try BTFTable.write(try BTFTable.encode(bytes, digest: digest), in: database)
            }
            return try put(kernel, contents, ledgerID: ledgerID, at: time, in: database)
        }
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
    /// The canonical bytes.
    let byDigest: [ContentDigest: [UInt8]]

    init(_ new: NewKernel) throws(StoreError) {
        let base = try Self.parse(new.btf, base: nil, subject: new.name.description)
        var byDigest: [ContentDigest: [UInt8]] = [:]
        kernel = ContentDigest(of: new.btf)
        byDigest[kernel] = new.btf
        var modules: [ContentDigest] = []
        for module in new.modules {
            let digest = ContentDigest(of: module.btf)
            _ = try Self.parse(module.btf, base: base, subject: "module \(module.name) of \(new.name)")
            byDigest[digest] = module.btf
            modules.append(digest)
        }
        self.modules = modules
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
