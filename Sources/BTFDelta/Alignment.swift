/// Aligns the elements of two records of one shape: members by their names, parameters by theirs.
enum Alignment {
    /// The steps that lead from a base's elements to a record's.
    ///
    /// - Parameters:
    ///   - base: the base's record as the target numbers names and references.
    ///   - target: the record.
    /// - Returns: steps that give all of the record's elements.
    static func runs(_ base: [UInt32], _ target: ArraySlice<UInt32>) -> [ElementRun] {
        let pairs = pairs(base, target)
        let info = target[target.startIndex + 1]
        let count = RecordShape.of(info: info).elementCount(info: info)
        var runs: [ElementRun] = []
        var (source, done) = (0, 0)
        var index = 0
        while done < count {
            var run = ElementRun()
            if index < pairs.count {
                run.skip = pairs[index].base - source
                run.insert = pairs[index].target - done
                (source, done) = pairs[index]
                while index < pairs.count, pairs[index] == (source, done) {
                    run.take += 1
                    source += 1
                    done += 1
                    index += 1
                }
            } else {
                run.insert = count - done
                done = count
            }
            runs.append(run)
        }
        return runs
    }

    /// The references that stand at the same place in two records.
    static func references(
        _ translated: [UInt32],
        raw base: ArraySlice<UInt32>,
        _ target: ArraySlice<UInt32>
    ) -> [(UInt32, UInt32)] {
        var found: [(UInt32, UInt32)] = []
        let (from, to) = (base.startIndex, target.startIndex)
        let shape = RecordShape.of(info: target[to + 1])
        if shape.refersThroughHeader, RecordShape.of(info: base[from + 1]).refersThroughHeader {
            found.append((base[from + 2], target[to + 2]))
        }
        guard shape.roles.contains(.type) else { return found }
        let stride = shape.roles.count
        for pair in pairs(translated, target) {
            for (offset, role) in shape.roles.enumerated() where role == .type {
                let one = base[from + 3 + pair.base * stride + offset]
                found.append((one, target[to + 3 + pair.target * stride + offset]))
            }
        }
        return found
    }

    /// Elements that belong together, in the order of both.
    private static func pairs(_ base: [UInt32], _ target: ArraySlice<UInt32>) -> [(base: Int, target: Int)] {
        let start = target.startIndex
        let shape = RecordShape.of(info: target[start + 1])
        let baseShape = RecordShape.of(info: base[1])
        guard shape.roles == baseShape.roles, !shape.roles.isEmpty else { return [] }
        let (baseCount, count) = (baseShape.elementCount(info: base[1]), shape.elementCount(info: target[start + 1]))
        guard shape.roles[0] == .name || shape.isList else { return [(0, 0)] }
        let stride = shape.roles.count
        // What is at the start and at the end alike needs no search.
        func key(_ words: some RandomAccessCollection<UInt32>, _ index: Int) -> UInt32 {
            words[words.index(words.startIndex, offsetBy: 3 + index * stride)]
        }
        var first = 0
        while first < min(count, baseCount), key(base, first) == key(target, first) { first += 1 }
        var last = 0
        while last < min(count, baseCount) - first, key(base, baseCount - 1 - last) == key(target, count - 1 - last) {
            last += 1
        }
        var places: [UInt32: [Int]] = [:]
        for index in (first..<max(first, baseCount - last)).reversed() {
            let name = key(base, index)
            if name != Correspondence.none { places[name, default: []].append(index) }
        }
        var middle: [(base: Int, target: Int)] = []
        for index in first..<max(first, count - last) {
            if let place = places[key(target, index)]?.popLast() { middle.append((place, index)) }
        }
        return (0..<first).map { ($0, $0) } + longestAscending(middle)
            + (0..<last).map { (baseCount - last + $0, count - last + $0) }
    }

    /// The longest selection of pairs in which the base's places ascend too.
    private static func longestAscending(_ pairs: [(base: Int, target: Int)]) -> [(base: Int, target: Int)] {
        var tails: [Int] = []
        var previous = [Int](repeating: -1, count: pairs.count)
        for (index, pair) in pairs.enumerated() {
            var (low, high) = (0, tails.count)
            while low < high {
                let middle = (low + high) / 2
                if pairs[tails[middle]].base < pair.base { low = middle + 1 } else { high = middle }
            }
            if low > 0 { previous[index] = tails[low - 1] }
            if low == tails.count { tails.append(index) } else { tails[low] = index }
        }
        var chosen: [(base: Int, target: Int)] = []
        var at = tails.last ?? -1
        while at >= 0 {
            chosen.append(pairs[at])
            at = previous[at]
        }
        return chosen.reversed()
    }
}
