public import BTF
internal import Foundation
internal import GRDB

/// Finds those modules of kernels whose types may have some names, and reads no module for that.
public struct ModuleSearch: Sendable {
    /// What was found for a kernel.
    public struct Result: Hashable, Sendable {
        /// The modules that may have such types, in the order of their names; in no other is one.
        public let modules: [Module]
        /// Whether the kernel has modules at all in the store.
        public let hasModules: Bool
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
    /// - Returns: the modules to be looked at; all that the store has where it does not know what their types are called.
    /// - Throws: `StoreError` when the store cannot be read, or the row of a module that is found is damaged.
    public mutating func modules(of kernel: Kernel, in store: HubStore) throws(StoreError) -> Result {
        let found = try store.read { database in try positions(of: kernel, in: database) }
        if let found, found.positions.isEmpty { return Result(modules: [], hasModules: found.count > 0) }
        let all = try store.modules(of: kernel)
        guard let found, found.count == all.count else { return Result(modules: all, hasModules: !all.isEmpty) }
        return Result(modules: found.positions.map { all[$0] }, hasModules: true)
    }

    /// Which of a kernel's modules are wanted, and of how many; nil where that is not known.
    private mutating func positions(of kernel: Kernel, in database: Database) throws -> (positions: [Int], count: Int)?
    {
        let entry: ModuleNameTable.Entry?
        do { entry = try ModuleNameTable.entry(of: kernel.id, in: database) } catch is Damage { return nil }
        guard wanted != nil, let entry else { return nil }
        var digests: [ContentDigest] = []
        var positions: [Int] = []
        for (position, id) in entry.ids.enumerated() {
            guard let set = try set(id, in: database) else { return nil }
            digests.append(set.digest)
            if set.isWanted { positions.append(position) }
        }
        guard Seal.moduleNames(Seal.kernel(kernel.name, kernel.buildID, kernel.btf.digest), digests) == entry.seal
        else {
            return nil
        }
        return (positions, entry.ids.count)
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

    /// What is wrong with what the store says of the names in a kernel's modules; nil when nothing is, or it says nothing.
    mutating func damage(of kernel: Kernel, moduleCount: Int, in database: Database) throws -> String? {
        do {
            guard try ModuleNameTable.entry(of: kernel.id, in: database) != nil else { return nil }
        } catch let damage as Damage { return damage.reason }
        let found = try positions(of: kernel, in: database)
        return found?.count == moduleCount ? nil : "the names in its modules do not match their seal"
    }
}
