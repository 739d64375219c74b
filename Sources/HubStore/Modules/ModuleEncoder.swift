internal import BTF
internal import BTFDelta
internal import Foundation
internal import GRDB
internal import KernelIdentity

/// A kernel whose modules are encoded.
struct ModuleContext {
    let kernel: TypeLayers
    let digest: ContentDigest
    /// The digest of the BTF that the kernel's is a delta against.
    let base: ContentDigest?
    let table: TypeTable
    /// How the kernel's base corresponds with the kernel.
    let step: Correspondence?

    /// Nil when the kernel cannot be read.
    init?(kernel: TypeLayers, digest: ContentDigest, base: ContentDigest?) {
        guard let table = try? kernel.table() else { return nil }
        self.kernel = kernel
        self.digest = digest
        self.base = base
        self.table = table
        step = base == nil ? nil : kernel.correspondence
    }
}

/// The modules of a kernel, encoded and ready to be written.
struct EncodedModules {
    /// Those that get rows of their own and whose BTF the store does not hold.
    var rows: [EncodedContent] = []
    /// Those that are stored as deltas, by their numbers among all.
    var deltaIndices: [Int] = []
    var deltas: [ModuleDeltas.Entry] = []
    /// The kernel whose modules these build on, and a digest of those.
    var base: (kernel: Int64, modules: ContentDigest)?
}

/// A kernel whose modules another one's can build on.
struct ModuleBase {
    /// The row of the kernel.
    let kernel: Int64
    /// Whether it has the same BTF, rather than the one that the other's is a delta against.
    let isSameKernel: Bool
    /// What `ModuleNameTable.digest(of:)` gives for its modules.
    let digest: ContentDigest
    /// By name, each with its place among all.
    let modules: [String: (module: StoredModule, place: Int)]

    fileprivate init(kernel: Int64, isSameKernel: Bool, _ stored: [StoredModule]) {
        self.kernel = kernel
        self.isSameKernel = isSameKernel
        digest = ModuleNameTable.digest(of: stored.map { ($0.name, $0.btf.digest) })
        modules = Dictionary(stored.enumerated().map { ($1.name, (module: $1, place: $0)) }) { first, _ in first }
    }
}

/// Encodes modules' split BTF: as what they add to the same modules of another kernel, or else on their own.
struct ModuleEncoder {
    let reader: ModuleReader

    /// The bytes by which a delta may be longer than a compressed module, since others can build on a delta alone.
    private static let price = 256

    /// Encodes a kernel's modules.
    ///
    /// - Parameters:
    ///   - kernel: the kernel with its modules.
    ///   - contents: their BTF.
    ///   - context: the kernel; nil when that cannot be built on.
    ///   - base: the kernel whose modules these are to build on; nil for none.
    /// - Returns: the encoded modules.
    /// - Throws: what GRDB throws when the store cannot be read.
    func modules(
        of kernel: NewKernel,
        _ contents: NewContents,
        _ context: ModuleContext?,
        over base: ModuleBase?
    ) throws -> EncodedModules {
        var encoded = EncodedModules()
        encoded.base = base.map { ($0.kernel, $0.digest) }
        var done: Set<ContentDigest> = [contents.kernel]
        for (index, module) in kernel.modules.enumerated() {
            let btf = try BTF(parsing: module.btf, base: contents.kernelBTF)
            let digest = contents.modules[index]
            // What a damaged file has in another order is not to be built on.
            if let base, let context, let stored = base.modules[module.name],
                stored.place > encoded.deltas.last?.place ?? -1, stored.place < ModuleDeltas.limit,
                let form = try self.form(of: module.btf, btf, digest, over: stored.module, base.isSameKernel, context)
            {
                let entry = ModuleDeltas.Entry(
                    place: stored.place,
                    buildID: module.buildID,
                    form: form,
                    digest: form == .same ? nil : digest,
                    growth: module.btf.count - stored.module.btf.size
                )
                encoded.deltaIndices.append(index)
                encoded.deltas.append(entry)
            } else if done.insert(digest).inserted, try reader.contents.wholeEntry(of: digest) == nil {
                encoded.rows.append(try alone(module.btf, btf, digest: digest, of: context))
            }
        }
        return encoded
    }

    /// Encodes a module's BTF on its own.
    func alone(
        _ canonical: [UInt8],
        _ btf: BTF,
        digest: ContentDigest,
        of context: ModuleContext?
    ) throws -> EncodedContent {
        let whole = try ContentEncoder.whole(canonical, digest: digest)
        guard let context, let table = TypeTable(btf, kernel: context.table),
            let payload = try ContentEncoder.payload(of: table, from: .empty),
            payload.count < whole.payload.count + Self.price,
            let layers = try? TypeLayers(
                applying: payload,
                to: TypeLayers(.empty),
                kernel: context.kernel,
                limit: canonical.count
            ), (try? layers.canonicalBytes(kernel: context.kernel)) == canonical
        else { return whole }
        return EncodedContent(
            digest: digest,
            size: canonical.count,
            encoding: .delta,
            payload: payload,
            outer: context.digest,
            depth: 1
        )
    }

    /// What a module's BTF is beside one that is stored; nil when it cannot be told by a delta.
    private func form(
        of canonical: [UInt8],
        _ btf: BTF,
        _ digest: ContentDigest,
        over stored: StoredModule,
        _ isSameKernel: Bool,
        _ context: ModuleContext
    ) throws -> ModuleDeltas.Form? {
        if isSameKernel, stored.btf.digest == digest {
            // What is damaged is not to be built on.
            if let bytes = try? reader.canonicalBytes(at: stored.place, stored.btf), bytes == canonical { return .same }
            return nil
        }
        guard let layers = try? reader.layers(at: stored.place) else { return nil }
        func gives(_ delta: [UInt8]) -> Bool {
            let applied = try? TypeLayers(
                applying: delta,
                to: layers,
                kernel: context.kernel,
                isOfNextKernel: !isSameKernel,
                limit: canonical.count
            )
            return (try? applied?.canonicalBytes(kernel: context.kernel)) == canonical
        }
        if stored.btf.size == canonical.count, gives(try Delta.copy(of: layers)) { return .copied }
        let outer = isSameKernel ? Correspondence(identityOf: context.table) : context.step
        guard let outer, let table = TypeTable(btf, kernel: context.table),
            let from = try? layers.table(kernel: reader.kernelLayers(at: stored.place)),
            let delta = try ContentEncoder.payload(of: table, from: from, outer: outer),
            let parts = try? DeltaParts(delta, of: layers, limit: canonical.count),
            gives(try parts.delta(of: layers, growth: canonical.count - stored.btf.size))
        else { return nil }
        return .delta(parts)
    }
}

// MARK: - What to build on

extension ModuleEncoder {
    /// The most kernels that are considered.
    private static let candidates = 8

    /// Finds the kernel that has most modules of the same names: one of the same BTF, or of the BTF that the kernel's is a
    /// delta against. Another row of the same build is not considered, since it is to be replaced.
    ///
    /// - Parameters:
    ///   - modules: the names of the modules.
    ///   - name: the name of their kernel.
    ///   - buildID: its build-id.
    ///   - row: its row, where it has one, so that no two kernels come to build on each other.
    ///   - context: the kernel.
    /// - Returns: the other kernel; nil when there is none.
    /// - Throws: what GRDB throws when the store cannot be read.
    func base(
        forModules modules: Set<String>,
        of name: KernelName,
        _ buildID: BuildID?,
        row: Int64 = .max,
        _ context: ModuleContext
    ) throws -> ModuleBase? {
        let statement = try reader.contents.database.cachedStatement(
            sql: """
                SELECT kernels.id, btf.digest = ?1 FROM btf JOIN kernels ON kernels.btf_id = btf.id
                WHERE (btf.digest = ?1 AND kernels.id < ?5 OR btf.digest = ?2)
                AND NOT (order_key = ?3 AND build_id IS ?4)
                ORDER BY kernels.id DESC LIMIT ?6
                """
        )
        let arguments: StatementArguments = [
            context.digest.data, context.base?.data, Data(name.orderKey), buildID?.data, row, Self.candidates,
        ]
        var best: (base: ModuleBase, rank: (Int, Int, Int))?
        for row in try Row.fetchAll(statement, arguments: arguments) {
            let (id, isSame) = (try row.column(0, Int64.self), try row.column(1, Bool.self))
            guard let length = try? reader.chainLength(of: id), length < ModuleReader.chainLimit,
                let stored = try? reader.modules(of: id)
            else { continue }
            let common = stored.count { modules.contains($0.name) }
            let rank = (common, isSame ? 1 : 0, -length)
            guard common > 0, best.map({ $0.rank < rank }) ?? true else { continue }
            best = (ModuleBase(kernel: id, isSameKernel: isSame, stored), rank)
        }
        return best?.base
    }
}
