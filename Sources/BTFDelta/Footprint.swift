public import BTF

/// What an answer about a kernel's types rests on: the types that were looked at, and the names that were looked up.
///
/// Where a delta leaves all of that alone, the answer holds on both of its sides, and neither side need be decoded.
public struct Footprint: Hashable, Sendable {
    /// The types that were looked at, by their index.
    private var types: [Int]
    /// Where the types of each name that was looked up stand, by their indexes; empty where there are none.
    ///
    /// Named types stand in the order of their names: one more of a name would stand at an end of the range or in it.
    private var ranges: [Range<Int>]

    /// Notes what an answer rests on.
    ///
    /// - Parameters:
    ///   - types: all types that were looked at.
    ///   - essentialNames: all essential names for which types were looked up, whether or not there were any.
    ///   - names: all names for which types of just this name were looked up, likewise.
    ///   - kernel: the kernel that was asked.
    public init(
        types: some Sequence<TypeID>,
        essentialNames: some Sequence<[UInt8]> = [],
        names: some Sequence<[UInt8]> = [],
        in kernel: LayeredTypes
    ) {
        self.types = Set(types.filter { $0 != .void }.map { Int($0.rawValue) - 1 }).sorted()
        ranges = names.map { kernel.ranges(of: $0).plain }
        for name in essentialNames {
            let found = kernel.ranges(of: name)
            ranges += [found.plain, found.flavoured]
        }
    }

    /// What the answer rests on in a delta's result, if it rests on the same in its base.
    ///
    /// - Parameter script: the delta's.
    /// - Returns: nil when the delta touches it.
    public func carried(to script: TypeScript) -> Footprint? { carried(script.target(of:)) }

    /// What the answer rests on in a delta's base, if it rests on the same in its result.
    ///
    /// - Parameter script: the delta's.
    /// - Returns: nil when the delta touches it.
    public func carried(back script: TypeScript) -> Footprint? { carried(script.source(of:)) }

    private func carried(_ map: (Int) -> (index: Int, isCopy: Bool)?) -> Footprint? {
        var other = self
        for (place, index) in types.enumerated() {
            guard let found = map(index), found.isCopy else { return nil }
            other.types[place] = found.index
        }
        for (place, range) in ranges.enumerated() {
            // What stands before and behind must still do so, with just the same between.
            guard let behind = map(range.upperBound) else { return nil }
            let before = range.lowerBound - 1
            guard before < 0 || map(before)?.index == behind.index - range.count - 1 else { return nil }
            if before < 0, behind.index != range.count { return nil }
            for index in range {
                guard let found = map(index), found.isCopy, found.index == behind.index - (range.upperBound - index)
                else {
                    return nil
                }
            }
            other.ranges[place] = behind.index - range.count..<behind.index
        }
        return other
    }
}
