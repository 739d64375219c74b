internal import BTF
internal import BTFDelta
internal import Foundation
internal import GRDB

extension HubStore {
    /// The kernels all of whose modules have rows of their own and that no other kernel's modules build on: those whose BTF
    /// others build on first.
    func kernelsWithModuleRows() throws(StoreError) -> [Int64] {
        try read { database in
            try Int64.fetchAll(
                database,
                sql: """
                    SELECT kernels.id FROM kernels LEFT JOIN deltas ON deltas.btf_id = kernels.btf_id
                    WHERE kernels.id IN (SELECT kernel_id FROM modules)
                    AND kernels.id NOT IN (SELECT kernel_id FROM module_deltas)
                    AND kernels.id NOT IN (SELECT base_id FROM module_deltas WHERE base_id IS NOT NULL)
                    ORDER BY coalesce(depth, 0), kernels.id
                    """
            )
        }
    }

    /// Stores the modules of a kernel as what they add to those of another one, where there is one to build on.
    ///
    /// - Parameter id: the row of the kernel; one that cannot be read is passed over.
    /// - Returns: whether any is stored so now.
    /// - Throws: `StoreError` when the store cannot be written.
    func joinModules(ofKernel id: Int64) throws -> Bool {
        let found = try read { database in try encodedModules(ofKernel: id, in: database) }
        guard let (kernel, stored, encoded) = found, let base = encoded.base, !encoded.deltas.isEmpty else {
            return false
        }
        return try write { database in
            let reader = moduleReader(database)
            // Another process may have changed either since.
            guard let now = try? self.kernel(id: id, in: database), now == kernel,
                let modules = try? self.modules(of: now, in: database), modules == stored,
                try ModuleDeltaTable.row(of: id, in: database) == nil,
                try ModuleDeltaTable.kernels(over: id, in: database).isEmpty,
                reader.canBuild(on: base.kernel, having: base.modules)
            else { return false }
            let joined = encoded.deltaIndices.map { modules[$0] }
            try ModuleDeltaTable.write(
                ModuleDeltas(encoded.deltas),
                of: id,
                over: base.kernel,
                size: zip(joined, encoded.deltas).reduce(0) { $0 + ($1.1.digest == nil ? 0 : $1.0.btf.size) },
                seal: Seal.moduleDeltas(kernel.seal, joined.map { ($0.name, $0.buildID, $0.btf.digest) }),
                in: database
            )
            let remove = try database.cachedStatement(sql: "DELETE FROM modules WHERE kernel_id = ? AND name = ?")
            for module in joined { try remove.execute(arguments: [id, module.name]) }
            try BTFTable.removeUnused(Set(joined.map(\.place.row)), in: database)
            return true
        }
    }

    /// A kernel's modules as they would be stored if they were added now.
    private func encodedModules(
        ofKernel id: Int64,
        in database: Database
    ) throws -> (kernel: Kernel, stored: [Module], modules: EncodedModules)? {
        let reader = moduleReader(database)
        do {
            guard let kernel = try kernel(id: id, in: database),
                let entry = try reader.contents.entry(of: kernel.btf.digest)
            else { return nil }
            let encoder = ModuleEncoder(reader: reader)
            let context = ModuleContext(
                kernel: try reader.contents.layers(id: entry.id),
                digest: entry.digest,
                base: try entry.baseID.map { try reader.contents.entry(id: $0).digest }
            )
            let stored = try modules(of: kernel, in: database)
            let names = Set(stored.map(\.name))
            let base = try context.flatMap {
                try encoder.base(forModules: names, of: kernel.name, kernel.buildID, row: id, $0)
            }
            guard let base else { return nil }
            let new = NewKernel(
                name: kernel.name,
                buildID: kernel.buildID,
                btf: try reader.contents.canonicalBytes(of: entry),
                modules: try stored.map {
                    let bytes = try reader.canonicalBytes(at: $0.place, $0.btf)
                    return NewModule(name: $0.name, buildID: $0.buildID, btf: bytes)
                }
            )
            return (kernel, stored, try encoder.modules(of: new, NewContents(new), context, over: base))
        } catch is Damage {
            return nil
        } catch StoreError.damaged { return nil }
    }
}
