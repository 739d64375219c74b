internal import BTFDelta
internal import Foundation
internal import GRDB
internal import KernelIdentity

/// Says which modules a kernel has, and reads their BTF: the one place that knows where they are stored.
struct ModuleReader {
    let contents: ContentReader

    /// The most kernels whose modules are deltas one against the other's. A damaged file may hold circles.
    static let chainLimit = 12

    private var database: Database { contents.database }

    /// An expression of SQL for the number of a kernel's modules.
    ///
    /// - Parameter kernel: an expression for the row of the kernel.
    /// - Returns: the expression.
    static func count(ofKernel kernel: String) -> String {
        """
        (SELECT count(*) FROM modules WHERE kernel_id = \(kernel))
            + coalesce((SELECT count FROM module_deltas WHERE kernel_id = \(kernel)), 0)
        """
    }

    /// All modules of a kernel, in the order of their names; that they are those that were stored is not checked.
    ///
    /// - Parameters:
    ///   - kernel: the row of the kernel.
    ///   - links: how many references led here.
    /// - Returns: the modules.
    /// - Throws: `Damage` when it cannot be told.
    func modules(of kernel: Int64, links: Int = 0) throws -> [StoredModule] {
        let rows = try GRDB.Row.fetchAll(selectRows, arguments: [kernel]).map { try Self.module(from: $0) }
        return Self.merged(rows, try deltaModules(of: kernel, links: links))
    }

    /// The modules of a kernel that are stored as deltas, in the order of their names; likewise.
    func deltaModules(of kernel: Int64, links: Int = 0) throws -> [StoredModule] {
        guard let row = try ModuleDeltaTable.row(of: kernel, in: database) else { return [] }
        guard links < Self.chainLimit else { throw Self.endless }
        guard let base = row.base else { throw Damage(reason: "the kernel that its modules build on is gone") }
        let bases = try modules(of: base, links: links + 1)
        let deltas = try self.deltas(of: kernel, row)
        var size = 0
        let modules = try deltas.entries.enumerated().map { index, entry -> StoredModule in
            guard entry.place < bases.count else { throw Damage(reason: "its modules build on one that is missing") }
            let base = bases[entry.place]
            guard let digest = entry.digest else {
                return StoredModule(name: base.name, buildID: entry.buildID, btf: base.btf, place: base.place)
            }
            let btf = BTFReference(digest: digest, size: try Self.checked(base.btf.size + entry.growth))
            size += btf.size
            let step = ModulePlace.Step(kernel: kernel, index: index)
            return StoredModule(name: base.name, buildID: entry.buildID, btf: btf, place: base.place.followed(by: step))
        }
        guard size == row.size else { throw Damage(reason: "its modules are of another size than stated") }
        return modules
    }

    /// The same, checked against their seal.
    func deltaModules(of kernel: Kernel) throws -> [StoredModule] {
        guard let row = try ModuleDeltaTable.row(of: kernel.id, in: database) else { return [] }
        let modules = try deltaModules(of: kernel.id)
        guard Seal.moduleDeltas(kernel.seal, modules.map { ($0.name, $0.buildID, $0.btf.digest) }) == row.seal else {
            throw Damage(reason: "its modules do not match their seal")
        }
        return modules
    }

    /// How many kernels' modules are read for those of a kernel.
    ///
    /// - Throws: `Damage` when a chain has no end.
    func chainLength(of kernel: Int64) throws -> Int {
        var (length, next) = (0, kernel)
        while let base = try ModuleDeltaTable.row(of: next, in: database)?.base {
            length += 1
            next = base
            guard length <= Self.chainLimit else { throw Self.endless }
        }
        return length
    }

    /// Whether a kernel's modules are those that deltas were made against, and the chain has room for one more.
    func canBuild(on kernel: Int64, having modules: ContentDigest) -> Bool {
        guard let length = try? chainLength(of: kernel), length < Self.chainLimit,
            let now = try? self.modules(of: kernel)
        else { return false }
        return ModuleNameTable.digest(of: now.map { ($0.name, $0.btf.digest) }) == modules
    }

    private static var endless: Damage { Damage(reason: "the chain of kernels that its modules build on has no end") }

    /// Puts two lists together, each in the order of names.
    static func merged(_ one: [StoredModule], _ other: [StoredModule]) -> [StoredModule] {
        guard !one.isEmpty, !other.isEmpty else { return one + other }
        var all: [StoredModule] = []
        all.reserveCapacity(one.count + other.count)
        var rest = one[...]
        for module in other {
            while let first = rest.first, first.name.utf8.lexicographicallyPrecedes(module.name.utf8) {
                all.append(rest.removeFirst())
            }
            all.append(module)
        }
        return all + rest
    }

    private static func checked(_ size: Int) throws -> Int {
        guard (1...BTFTable.sizeLimit).contains(size) else { throw Damage(reason: "its stored size is impossible") }
        return size
    }

    private func deltas(of kernel: Int64, _ row: ModuleDeltaTable.Row) throws -> ModuleDeltas {
        let key = ContentDigest(of: Array("\(kernel) \(row.base ?? 0) ".utf8) + Array(row.seal))
        if let known = contents.cache.moduleDeltas(of: key) { return known }
        let deltas = try ModuleDeltaTable.deltas(of: kernel, row, in: database)
        contents.cache.insert(deltas, for: key)
        return deltas
    }
}

// MARK: - Rows of their own

extension ModuleReader {
    /// Selects the columns that `module(from:)` reads, in the order of names.
    private var selectRows: Statement {
        get throws {
            try database.cachedStatement(
                sql: """
                    SELECT modules.name, modules.build_id, btf.digest, btf.size, modules.btf_id, modules.seal
                    FROM modules LEFT JOIN btf ON btf.id = modules.btf_id WHERE kernel_id = ? ORDER BY modules.name
                    """
            )
        }
    }

    private static func module(from row: GRDB.Row) throws -> StoredModule {
        StoredModule(
            name: try row.column(0),
            buildID: try row.buildIDColumn(1),
            btf: BTFReference(digest: try row.digestColumn(2), size: try checked(row.column(3))),
            place: ModulePlace(row: try row.column(4))
        )
    }

    /// The modules of a kernel that have rows of their own, each checked against its seal.
    ///
    /// - Parameters:
    ///   - kernel: the kernel.
    ///   - damaged: is told of each that does not match, and why.
    /// - Returns: the others, in the order of their names.
    /// - Throws: what GRDB throws, and the closure.
    func rowModules(
        of kernel: Kernel,
        damaged: (_ name: String, _ reason: String) throws -> Void
    ) throws -> [StoredModule] {
        var modules: [StoredModule] = []
        let rows = try GRDB.Row.fetchCursor(selectRows, arguments: [kernel.id])
        while let row = try rows.next() {
            do {
                let module = try Self.module(from: row)
                guard try row.column(5) == Seal.module(kernel.name, module.name, module.buildID, module.btf.digest)
                else {
                    throw Damage(reason: "its row does not match its seal")
                }
                modules.append(module)
            } catch let damage as Damage { try damaged(String.fromDatabaseValue(row[0]) ?? "?", damage.reason) }
        }
        return modules
    }
}

// MARK: - BTF

extension ModuleReader {
    /// Reads a module's canonical bytes and checks them against their digest.
    ///
    /// - Parameters:
    ///   - place: where the module is stored.
    ///   - btf: what it is to give.
    /// - Returns: the bytes.
    /// - Throws: `Damage` when the bytes that come out are others.
    func canonicalBytes(at place: ModulePlace, _ btf: BTFReference) throws -> [UInt8] {
        guard !place.steps.isEmpty else {
            let entry = try contents.entry(id: place.row)
            guard entry.digest == btf.digest else { throw Damage(reason: "its row has other BTF") }
            return try contents.canonicalBytes(of: entry)
        }
        let bytes: [UInt8]
        do { bytes = try layers(at: place).canonicalBytes(kernel: kernelLayers(at: place)) } catch let error
            as DeltaError
        {
            throw Damage(reason: "its payload cannot be decoded: \(error)")
        }
        guard bytes.count == btf.size, ContentDigest(of: bytes) == btf.digest else {
            contents.cache.removeAll()
            throw Damage(reason: "its bytes do not match their SHA-256")
        }
        return bytes
    }

    /// Reads a module's BTF as it is stored; that it is what its digest says is not checked.
    func layers(at place: ModulePlace) throws -> TypeLayers {
        var size = try contents.entry(id: place.row).size
        var layers = try contents.layers(id: place.row)
        for step in place.steps {
            let (own, base, row) = try kernels(of: step.kernel)
            let deltas = try self.deltas(of: step.kernel, row)
            guard step.index < deltas.entries.count else { throw Damage(reason: "its delta is missing") }
            let entry = deltas.entries[step.index]
            size = try Self.checked(size + entry.growth)
            do {
                let delta: [UInt8]
                switch entry.form {
                case .same: continue
                case .copied: delta = try Delta.copy(of: layers)
                case .delta(let parts): delta = try parts.delta(of: layers, growth: entry.growth)
                }
                layers = try TypeLayers(
                    applying: delta,
                    to: layers,
                    kernel: try contents.layers(id: own.id),
                    isOfNextKernel: own.id != base,
                    limit: size
                )
            } catch let error as DeltaError { throw Damage(reason: "its payload cannot be decoded: \(error)") }
        }
        return layers
    }

    /// The BTF of the kernel that a module's goes on from.
    func kernelLayers(at place: ModulePlace) throws -> TypeLayers? {
        if let last = place.steps.last { return try contents.layers(id: kernels(of: last.kernel).own.id) }
        return try contents.entry(id: place.row).outerID.map { try contents.layers(id: $0) }
    }

    /// The BTF of a kernel whose modules are deltas, and the row of that of the kernel that they build on.
    ///
    /// - Throws: `Damage` when the one does not build on the other.
    private func kernels(
        of kernel: Int64
    ) throws -> (own: ContentReader.Entry, base: Int64, row: ModuleDeltaTable.Row) {
        guard let row = try ModuleDeltaTable.row(of: kernel, in: database) else {
            throw Damage(reason: "its delta is missing")
        }
        let statement = try database.cachedStatement(sql: "SELECT btf_id FROM kernels WHERE id = ?")
        guard let own = try Int64.fetchOne(statement, arguments: [kernel]),
            let base = try row.base.flatMap({ try Int64.fetchOne(statement, arguments: [$0]) })
        else { throw Damage(reason: "the kernel that it builds on is gone") }
        let entry = try contents.entry(id: own)
        guard entry.outerID == nil else { throw Damage(reason: "its kernel is a module") }
        guard own == base || entry.baseID == base else {
            throw Damage(reason: "the kernel of its base is not the base of its kernel")
        }
        return (entry, base, row)
    }
}
