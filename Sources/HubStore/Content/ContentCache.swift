internal import BTFDelta
internal import Synchronization

/// What was read last, so that kernels that build on one base do not each read it again.
///
/// Contents are found by what their bytes must hash to. They are put in before that is known, where others build on them;
/// when one of those turns out wrong, the cache is emptied.
final class ContentCache: Sendable {
    /// The bytes of memory that layers may take, and that tables may.
    private static let layersLimit = 64 << 20
    private static let tablesLimit = 64 << 20
    /// The bytes of memory that modules' deltas may take.
    private static let moduleDeltasLimit = 16 << 20

    /// A kernel's BTF as what others can be deltas against.
    struct Base: Sendable {
        let table: TypeTable
        let hashes: TypeHashes
    }

    private struct State {
        var layers = RecentlyUsed<TypeLayers>(limit: layersLimit)
        var bases = RecentlyUsed<Base>(limit: tablesLimit)
        var moduleDeltas = RecentlyUsed<ModuleDeltas>(limit: moduleDeltasLimit)
    }
    private let state = Mutex(State())

    /// A kernel's BTF as it is stored.
    func layers(of digest: ContentDigest) -> TypeLayers? { state.withLock { $0.layers[digest] } }

    func insert(_ layers: TypeLayers, for digest: ContentDigest) {
        state.withLock { $0.layers.insert(layers, for: digest, bytes: layers.ownMemory) }
    }

    /// A kernel's BTF as a base.
    func base(of digest: ContentDigest) -> Base? { state.withLock { $0.bases[digest] } }

    func insert(_ base: Base, for digest: ContentDigest, bytes: Int) {
        state.withLock { $0.bases.insert(base, for: digest, bytes: 2 * bytes) }
    }

    /// The deltas of a kernel's modules, by a digest of what tells their row from others.
    func moduleDeltas(of row: ContentDigest) -> ModuleDeltas? { state.withLock { $0.moduleDeltas[row] } }

    func insert(_ deltas: ModuleDeltas, for row: ContentDigest) {
        state.withLock { $0.moduleDeltas.insert(deltas, for: row, bytes: deltas.memory) }
    }

    func removeAll() { state.withLock { $0 = State() } }

    /// Does some work, and where that finds damage, once more without what is kept: another process may have stored modules
    /// anew in a row that says the same as the one whose deltas are kept.
    func retried<Value>(_ work: () throws -> Value) throws -> Value {
        do { return try work() } catch is Damage {
            removeAll()
            return try work()
        }
    }
}

/// Values that were used last, up to a limit.
private struct RecentlyUsed<Value> {
    private let limit: Int
    private var values: [ContentDigest: (value: Value, bytes: Int, used: Int)] = [:]
    private var bytes = 0
    private var clock = 0

    init(limit: Int) { self.limit = limit }

    subscript(digest: ContentDigest) -> Value? {
        mutating get {
            clock += 1
            values[digest]?.used = clock
            return values[digest]?.value
        }
    }

    mutating func insert(_ value: Value, for digest: ContentDigest, bytes size: Int) {
        guard values[digest] == nil, size <= limit else { return }
        while bytes + size > limit, let oldest = values.min(by: { $0.value.used < $1.value.used }) {
            bytes -= oldest.value.bytes
            values[oldest.key] = nil
        }
        clock += 1
        values[digest] = (value, size, clock)
        bytes += size
    }
}
