/// How the strings of a BTF come from those of a base: which are taken over, and what is inserted.
struct StringScript {
    /// One step: base strings to leave out, strings to insert, base strings to take over, in this order.
    struct Step {
        var skip = 0
        var insert = 0
        var take = 0
    }
    var steps: [Step] = []

    /// Compares two lists of strings, each in ascending order.
    init(from base: TypeTable, to target: TypeTable) {
        var (one, two) = (base.firstRank, target.firstRank)
        var step = Step()
        func close(_ step: inout Step, _ steps: inout [Step]) {
            steps.append(step)
            step = Step()
        }
        while one < base.endRank || two < target.endRank {
            let order: Int
            if one == base.endRank {
                order = 1
            } else if two == target.endRank {
                order = -1
            } else {
                order = Self.order(base.string(ofRank: one), target.string(ofRank: two))
            }
            if order != 0, step.take > 0 { close(&step, &steps) }
            if order < 0 {
                step.skip += 1
                one += 1
            } else if order > 0 {
                step.insert += 1
                two += 1
            } else {
                step.take += 1
                one += 1
                two += 1
            }
        }
        // A reader stops at the target's last string, so what the base has behind it needs no step.
        if step.insert + step.take > 0 { steps.append(step) }
    }

    /// The order of two strings: negative, zero or positive.
    static func order(_ one: ArraySlice<UInt8>, _ two: ArraySlice<UInt8>) -> Int {
        one.withUnsafeBufferPointer { one in
            two.withUnsafeBufferPointer { two in
                var index = 0
                let count = min(one.count, two.count)
                while index < count, one[index] == two[index] { index += 1 }
                if index == count { return one.count - two.count }
                return Int(one[index]) - Int(two[index])
            }
        }
    }
}

extension StringScript {
    /// Writes down which of the target's ranks each of the base's has.
    func number(_ correspondence: inout Correspondence, from firstBase: UInt32, to firstTarget: UInt32) {
        var (one, two) = (firstBase, firstTarget)
        for step in steps {
            one += UInt32(step.skip)
            two += UInt32(step.insert)
            for _ in 0..<step.take {
                correspondence.ranks[Int(one)] = two
                one += 1
                two += 1
            }
        }
    }

    /// Writes the steps and the inserted strings.
    func write(_ target: TypeTable, to writer: inout SymbolWriter) {
        var rank = target.firstRank
        for step in steps {
            _ = writer.code(UInt32(step.skip), .stringScript)
            _ = writer.code(UInt32(step.insert), .stringScript)
            _ = writer.code(UInt32(step.take), .stringScript)
            for _ in 0..<step.insert {
                let string = target.string(ofRank: rank)
                var shared = 0
                if rank > target.firstRank {
                    let before = target.string(ofRank: rank - 1)
                    shared = zip(before, string).prefix { $0 == $1 }.count
                }
                _ = writer.code(UInt32(shared), .stringPrefix)
                writer.columns[Column.stringSuffix.rawValue] += string.dropFirst(shared)
                rank += 1
            }
            rank += UInt32(step.take)
        }
    }
}
