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
        /// The kernel's BTF, unless the store holds it whole.
        let kernel: EncodedContent?
        /// The digest of the BTF that the kernel's is a delta against.
        var base: ContentDigest?
        var modules = EncodedModules()
        /// Whether the store has just this build already, and all of it can be read.
        var isHeld = false
        /// What was stored last when this was found out.
        var newest: Int64

        /// The kernel's BTF, where it is to be stored whole or in many bytes.
        var large: EncodedContent? {
            kernel.flatMap { $0.encoding == .table || $0.payload.count >= HubStore.manyBytes ? $0 : nil }
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
            var encoded = encoded
            // Another process may have removed what was there a moment ago, and what deltas were made against.
            if try !write(encoded, contents, of: kernel, in: database) {
                encoded = try encode(contents, kernel, in: database)
                _ = try write(encoded, contents, of: kernel, in: database)
            }
            return try put(kernel, contents, encoded, ledgerID: ledgerID, at: time, in: database)
        }
    }

    /// Writes BTF.
    ///
    /// - Returns: false when the store is no longer as it was when this was encoded.
    private func write(
        _ encoded: Encoded,
        _ contents: NewContents,
        of kernel: NewKernel,
        in database: Database
    ) throws -> Bool {
        if let content = encoded.kernel, try !BTFTable.write(content, in: database) { return false }
        if encoded.isHeld { return try current(contents, of: kernel, in: database) != nil }
        let reader = moduleReader(database)
        guard let stored = try? reader.contents.entry(of: contents.kernel) else { return false }
        guard try encoded.modules.rows.allSatisfy({ try BTFTable.write($0, in: database) }) else { return false }
        if let base = encoded.modules.base {
            let kernelBase = stored.baseID.flatMap { try? reader.contents.entry(id: $0).digest }
            guard kernelBase == encoded.base, reader.canBuild(on: base.kernel, having: base.modules) else {
                return false
            }
        }
        let deltas = Set(encoded.modules.deltaIndices)
        return try contents.modules.enumerated().allSatisfy { index, digest in
            try deltas.contains(index) || BTFTable.id(of: digest, in: database) != nil
        }
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
        let modules = moduleReader(database)
        let reader = modules.contents
        let encoder = ContentEncoder(reader: reader)
        let newest = try BTFTable.newest(in: database) ?? 0
        var encoded: Encoded
        let layers: TypeLayers?
        if let entry = try reader.wholeEntry(of: contents.kernel) {
            encoded = Encoded(kernel: nil, newest: newest)
            encoded.base = try entry.baseID.map { try reader.entry(id: $0).digest }
            encoded.isHeld = try holdsWhole(contents, of: kernel, modules)
            layers = contents.modules.isEmpty ? nil : try? reader.layers(id: entry.id)
        } else {
            let found: ContentEncoder.Kernel
            if var former {
                let better = try encoder.delta(
                    kernel.btf,
                    contents.kernelBTF,
                    digest: contents.kernel,
                    newerThan: former.newest
                )
                guard let better, better.content.payload.count < former.large?.payload.count ?? 0 else {
                    former.newest = newest
                    return former
                }
                found = better
            } else {
                found = try encoder.kernel(kernel.btf, contents.kernelBTF, digest: contents.kernel)
            }
            encoded = Encoded(kernel: found.content, base: found.content.base, newest: newest)
            layers = found.layers
        }
        guard !contents.modules.isEmpty, !encoded.isHeld else { return encoded }
        let context = layers.flatMap { ModuleContext(kernel: $0, digest: contents.kernel, base: encoded.base) }
        let moduleEncoder = ModuleEncoder(reader: modules)
        let names = Set(kernel.modules.map(\.name))
        let base = try context.flatMap {
            try moduleEncoder.base(forModules: names, of: kernel.name, kernel.buildID, $0)
        }
        encoded.modules = try moduleEncoder.modules(of: kernel, contents, context, over: base)
        return encoded
    }

    /// Makes the name stand for this build, whose content is in the table of BTF.
    private func put(
        _ kernel: NewKernel,
        _ contents: NewContents,
        _ encoded: Encoded,
        ledgerID: Int64?,
        at time: Date,
        in database: Database
    ) throws -> Addition {
        // What cannot be read is to be written anew even where all that is said of it is right.
        if encoded.isHeld || contents.modules.isEmpty, let held = try current(contents, of: kernel, in: database) {
            if let ledgerID { try KernelTable.setPackage(ledgerID, ofKernel: held.id, in: database) }
            return .unchanged
        }
        let builds = try KernelTable.builds(named: kernel.name, in: database)
        let current = builds.first { $0.isCurrent }
        let same = builds.first { $0.buildID == kernel.buildID }
        var unused: Set<Int64> = []
        if let same {
            try separateModules(over: same.id, in: database)
            unused = try KernelTable.remove(same.id, in: database)
        }
        if let current, current.id != same?.id { try KernelTable.supersede(current.id, at: time, in: database) }
        try KernelTable.insert(kernel, contents, encoded.modules, ledgerID: ledgerID, at: time, in: database)
        try BTFTable.removeUnused(unused, in: database)
        return current == nil ? .stored : .replaced
    }

    /// Whether a name stands for a build that consists of just these contents, and all of its modules can be read.
    private func holdsWhole(_ contents: NewContents, of new: NewKernel, _ reader: ModuleReader) throws -> Bool {
        guard let kernel = try current(contents, of: new, in: reader.contents.database) else { return false }
        do {
            return try contents.modules.isEmpty
                || modules(of: kernel, in: reader.contents.database).allSatisfy {
                    _ = try reader.canonicalBytes(at: $0.place, $0.btf)
                    return true
                }
        } catch is Damage {
            return false
        } catch StoreError.damaged { return false }
    }

    /// The build that a name stands for, where it consists of just these contents, its rows whole.
    private func current(_ contents: NewContents, of new: NewKernel, in database: Database) throws -> Kernel? {
        let builds = try KernelTable.builds(named: new.name, in: database)
        guard let current = builds.first(where: \.isCurrent), current.buildID == new.buildID else { return nil }
        do {
            guard let kernel = try kernel(id: current.id, in: database), kernel.btf.digest == contents.kernel else {
                return nil
            }
            if new.keepsStoredModules { return kernel }
            let modules = try modules(of: kernel, in: database)
            let isSame =
                modules.map(\.name) == new.modules.map(\.name)
                && modules.map(\.buildID) == new.modules.map(\.buildID)
                && modules.map(\.btf.digest) == contents.modules
            return isSame ? kernel : nil
        } catch StoreError.damaged { return nil }
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
