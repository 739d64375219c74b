public import BTF
internal import Foundation
internal import GRDB
internal import KernelIdentity

/// Finds those modules of kernels whose types may have some names, and reads no module for that.
public struct ModuleSearch: Sendable {
    /// What was found for a kernel.
    public enum Result: Hashable, Sendable {
        /// The store has no modules of the kernel.
        case noModules
        /// These modules may have such types, in the order of their names; no other has. There may be none.
        case these([Module])
        /// Any of the kernel's modules may: the store does not know what their types are called.
        case any
    }

    /// Nil where any module is to be found.
    private let wanted: NameSet?
    /// The sets of names that were met, by `names.id`: their digests, and whether they hold a wanted name; nil for one that
    /// is damaged.
    private var met: [UInt32: (digest: ContentDigest, isWanted: Bool)?] = [:]

    /// Prepares a search.
    ///
    /// - Parameters:
    ///   - names: the essential names of the types.
    ///   - kinds: the kinds of the types. All modules are found for functions, variables, data sections and tags, whose
    ///     names the store does not note.
    public init(forTypesNamed names: [[UInt8]], ofKinds kinds: Set<Kind>) {
        wanted = kinds.isDisjoint(with: NameSet.leftOut) ? NameSet(names) : nil
    }

    /// Searches the modules of a kernel.
    ///
    /// - Parameters:
    ///   - kernel: the kernel.
    ///   - store: the store that it is of; the same one in each call.
    /// - Returns: the modules to be looked at.
    /// - Throws: `StoreError` when the store cannot be read; `damaged` when it lacks a module, or the row of one that is
    ///   found does not match its seal.
    public mutating func modules(of kernel: Kernel, in store: HubStore) throws(StoreError) -> Result {
        let list = try store.read { database -> List? in try self.list(of: kernel, in: database) }
        guard let list else { return try store.moduleCount(of: kernel) == 0 ? .noModules : .any }
        if list.wanted.isEmpty { return .these([]) }
        let all = try store.modules(of: kernel)
        guard ModuleNameTable.digest(of: all.map { ($0.name, $0.btf.digest) }) == list.modules else {
            throw .damaged(path: store.path, subject: kernel.name.description, reason: Self.lackOfModules)
        }
        return .these(list.wanted.map { all[$0] })
    }

    private static let lackOfModules = "its modules are not those that were stored"

    /// What the store says of a kernel's modules.
    private struct List {
        /// The places of those that are wanted, in the order of all modules' names.
        let wanted: [Int]
        /// The digest of all.
        let modules: ContentDigest
    }

    /// What the store says of a kernel's modules; nil where that is nothing that can be relied on.
    private mutating func list(of kernel: Kernel, in database: Database) throws -> List? {
        let entry: ModuleNameTable.Entry?
        do { entry = try ModuleNameTable.entry(of: kernel.id, in: database) } catch is Damage { return nil }
        guard wanted != nil, let entry else { return nil }
        var digests: [ContentDigest] = []
        var wanted: [Int] = []
        for (place, id) in entry.ids.enumerated() {
            guard let set = try set(id, in: database) else { return nil }
            digests.append(set.digest)
            if set.isWanted { wanted.append(place) }
        }
        let seal = Seal.kernel(kernel.name, kernel.buildID, kernel.btf.digest)
        guard Seal.moduleNames(seal, entry.modules, digests) == entry.seal else { return nil }
        return List(wanted: wanted, modules: entry.modules)
    }

    private mutating func set(
        _ id: UInt32,
        in database: Database
    ) throws -> (digest: ContentDigest, isWanted: Bool)? {
        if let known = met[id] { return known }
        let set = try ModuleNameTable.set(id, in: database)
        let result = set.map { ($0.digest, wanted.map($0.names.meets) ?? true) }
        met[id] = .some(result)
        return result
    }
}

extension ModuleSearch {
    /// What is wrong with what the store says of the names in a kernel's modules.
    enum Fault {
        /// What it says does not match its seal, and can be made anew.
        case names(String)
        /// It says what modules the kernel has, and the store has others.
        case modules(String)
    }

    /// Checks what the store says of the names in a kernel's modules.
    ///
    /// - Parameters:
    ///   - kernel: the kernel.
    ///   - modules: the digest of the modules that the store has of it.
    ///   - database: the store.
    /// - Returns: nil when nothing is wrong, or nothing is said.
    /// - Throws: what GRDB throws when the store cannot be read.
    mutating func fault(of kernel: Kernel, having modules: ContentDigest, in database: Database) throws -> Fault? {
        do {
            guard try ModuleNameTable.entry(of: kernel.id, in: database) != nil else { return nil }
        } catch let damage as Damage { return .names(damage.reason) }
        guard let list = try list(of: kernel, in: database) else {
            return .names("the names in its modules do not match their seal")
        }
        return list.modules == modules ? nil : .modules(Self.lackOfModules)
    }
}
