/// A number for each of very many others, zero until it is set.
struct NumberMemory {
    private var all: [UInt32] = []
    private var few: [Int: UInt32] = [:]

    /// Starts with zeroes.
    ///
    /// - Parameters:
    ///   - count: how many numbers there are.
    ///   - isSparse: whether few are going to be set, so that it does not pay to set memory aside for all.
    init(count: Int, isSparse: Bool) {
        if !isSparse { all = [UInt32](repeating: 0, count: count) }
    }

    /// The number of one below the count.
    subscript(index: Int) -> UInt32 {
        @inline(__always) get { all.isEmpty ? few[index] ?? 0 : all[index] }
        @inline(__always) set { if all.isEmpty { few[index] = newValue } else { all[index] = newValue } }
    }
}
