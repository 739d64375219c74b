/// Codes records that are not simply copied, each number against what the records before let expect.
struct RecordCodec<Coder: SymbolCoder> {
    var coder: Coder
    /// The words that have come out so far, in the order of the target, without those that are taken over.
    private(set) var words: [UInt32] = []
    /// Where each record starts.
    private(set) var starts: [UInt32] = []
    private let limit: Int
    /// How many of the target's words were taken over so far.
    private var skipped = 0
    /// What has come out is more than it may be, or refers to what is not there.
    private(set) var isInvalid = false

    private let endID: UInt32
    private let endRank: UInt32
    /// The type that a member or parameter of a name had last, plus one.
    private var typeOfName: NumberMemory
    /// The name that followed a name last, plus one.
    private var nameAfterName: NumberMemory
    /// How far from a member of a type the next one began last.
    private var stepOfType: NumberMemory
    private var lastTypeName: UInt32 = 0
    private var lastPrototype: UInt32 = 0

    init(coder: Coder, wordCount: Int, endID: UInt32, endRank: UInt32) {
        self.coder = coder
        self.endID = endID
        self.endRank = endRank
        limit = wordCount
        typeOfName = NumberMemory(count: Int(endRank), isSparse: coder.isShort)
        nameAfterName = NumberMemory(count: Int(endRank), isSparse: coder.isShort)
        stepOfType = NumberMemory(count: Int(endID), isSparse: coder.isShort)
    }

    /// The word that is to come out next; of no meaning to a reader.
    @inline(__always)
    private var target: UInt32 { coder.target(at: skipped + words.count) }

    @inline(__always)
    private mutating func difference(_ column: Column, from prediction: UInt32) -> UInt32 {
        let value = prediction &+ unzigzag(coder.code(zigzag(target &- prediction), column))
        words.append(value)
        return value
    }

    /// Codes a word as zero where it is the expected one, else as itself plus one.
    @inline(__always)
    private mutating func guess(_ column: Column, _ prediction: UInt32) -> UInt32 {
        let word = target
        let symbol = coder.code(word == prediction ? 0 : word &+ 1, column)
        let value = symbol == 0 ? prediction : symbol &- 1
        words.append(value)
        return value
    }
}

// MARK: - Whole records

extension RecordCodec {
    /// Passes over records that are taken over from the base.
    ///
    /// - Parameters:
    ///   - count: the number of their words; of no meaning to a reader.
    ///   - last: the start of the last of them, its name and a function's prototype renumbered.
    mutating func skip(_ count: Int, endingWith last: RecordHead) {
        skipped += count
        lastTypeName = last.name
        if RecordHead.isFunction(info: last.info) { lastPrototype = max(lastPrototype, last.third) }
    }

    /// Takes note of the name of the last record before the next, where that is taken over elsewhere.
    mutating func follow(name: UInt32) { lastTypeName = name }

    /// Takes note of the prototype of a function that is taken over elsewhere.
    mutating func follow(prototype: UInt32) { lastPrototype = max(lastPrototype, prototype) }

    /// Takes note that what is to be coded against is damaged.
    mutating func refuse() { isInvalid = true }

    /// Codes a record that the base has nothing like.
    mutating func fresh() { finishFresh(beginFresh()) }

    /// Codes the first two words of a record that the base has nothing like.
    ///
    /// - Returns: the second.
    mutating func beginFresh() -> UInt32 {
        starts.append(UInt32(words.count))
        lastTypeName = difference(.typeName, from: lastTypeName)
        return info(.kind, predicted: 0)
    }

    /// Codes the rest of such a record. For a function's, the prototypes of those before it count.
    mutating func finishFresh(_ info: UInt32) {
        let start = words.count - 2
        let kind = info >> 24 & 31
        switch kind {
        case 12:
            let reference = difference(.prototype, from: lastPrototype &+ 1)
            lastPrototype = max(lastPrototype, reference)
        case 2: _ = difference(.pointee, from: 0)
        case 13: _ = difference(.result, from: 0)
        case 8: _ = difference(.aliased, from: 0)
        case 9, 10, 11, 18: _ = difference(.modified, from: 0)
        case 14, 17: _ = difference(.otherType, from: 0)
        default: _ = difference(.size, from: 0)
        }
        let shape = RecordShape.of(info: info)
        let count = shape.elementCount(info: info)
        guard words.count + count * shape.element.count <= limit else { return isInvalid = true }
        elements(kind: kind, shape: shape, count: count)
        check(start)
    }

    /// Takes note when a name or a reference of a coded record leads nowhere.
    private mutating func check(_ start: Int) {
        guard !isInvalid else { return }
        isInvalid = !ReferenceLimits(endID: endID, endRank: endRank).translate(at: start, in: &words)
    }

    private mutating func info(_ column: Column, predicted: UInt32) -> UInt32 {
        let word = target
        func pack(_ word: UInt32) -> UInt32 {
            word >> 24 & 31 | (word >> 31) << 5 | (word >> 16 & 0xff) << 6 | (word >> 29 & 3) << 14
        }
        let packed = coder.code(pack(word) ^ pack(predicted), column) ^ pack(predicted)
        let kind = packed & 31
        let upper = kind << 24 | (packed >> 5 & 1) << 31 | (packed >> 6 & 0xff) << 16 | (packed >> 14 & 3) << 29
        let counts: Column =
            switch kind {
            case 4, 5: .compositeCount
            case 6, 19: .enumerationCount
            case 13: .parameterCount
            default: .otherCount
            }
        let hasCount = RecordShape.of(info: upper).isList || kind == 12
        let expected = predicted & 0xffff
        let vlen: UInt32
        if hasCount {
            vlen = expected &+ unzigzag(coder.code(zigzag((word & 0xffff) &- expected), counts))
        } else {
            vlen = coder.code(word & 0xffff, .otherCount)
        }
        if vlen > 0xffff || kind == 0 || kind > 19 { isInvalid = true }
        let value = upper | vlen & 0xffff
        words.append(value)
        return value
    }

    private mutating func elements(kind: UInt32, shape: RecordShape, count: Int) {
        var previous = ElementState()
        for _ in 0..<count { element(kind: kind, &previous) }
    }
}

/// What the elements of a record so far let expect of the next.
struct ElementState {
    var name: UInt32 = 0
    var offset: UInt32 = 0
    var type: UInt32 = 0
    var value: UInt32 = 0
    var high: UInt32 = 0
    var isFirst = true
}

// MARK: - Elements

extension RecordCodec {
    private mutating func element(kind: UInt32, _ state: inout ElementState) {
        switch kind {
        case 4, 5:
            named(.memberName, .memberType, &state)
            guard !isInvalid else { return }
            let step = state.isFirst || kind == 5 ? 0 : stepOfType[Int(state.type)]
            let previousType = state.type
            let place = difference(.memberOffset, from: state.offset &+ step)
            if !state.isFirst { stepOfType[Int(previousType)] = place &- state.offset }
            state.type = words[words.count - 2]
            state.offset = place
        case 13:
            named(.parameterName, .parameterType, &state)
        case 6, 19:
            state.name = difference(.enumeratorName, from: state.name)
            state.value = difference(.enumeratorValue, from: state.isFirst ? 0 : state.value &+ 1)
            if kind == 19 { state.high = difference(.enumeratorHighValue, from: state.high) }
        case 15:
            state.type = difference(.sectionVariable, from: state.type &+ 1)
            let offset = difference(.sectionOffset, from: state.offset)
            state.offset = offset &+ difference(.sectionSize, from: 0)
        case 3:
            _ = difference(.arrayElement, from: 0)
            _ = guess(.arrayIndex, 0)
            _ = difference(.arrayCount, from: 0)
        default:
            _ = difference(.other, from: 0)
        }
        state.isFirst = false
    }

    private mutating func named(_ names: Column, _ types: Column, _ state: inout ElementState) {
        let expected = nameAfterName[Int(state.name)]
        let name = guess(names, expected)
        guard name < endRank else { return isInvalid = true }
        nameAfterName[Int(state.name)] = name
        let type = guess(types, typeOfName[Int(name)])
        guard type < endID else { return isInvalid = true }
        typeOfName[Int(name)] = type
        state.name = name
    }
}

// MARK: - Patches

extension RecordCodec {
    /// Codes a record as what differs from one of the base's.
    ///
    /// - Parameters:
    ///   - base: the base's record, names and references as the target numbers them; `UInt32.max` where it has none.
    ///   - script: the alignment of the elements, for a writer.
    mutating func patched(base: [UInt32], script: [ElementRun]) {
        let start = words.count
        starts.append(UInt32(start))
        lastTypeName = guess(.patchedName, base[0])
        let info = self.info(.patchedInfo, predicted: base[1])
        let shape = RecordShape.of(info: info)
        let kind = info >> 24 & 31
        if shape.refersThroughHeader {
            let reference = guess(.patchedHeader, base[2])
            if kind == 12 { lastPrototype = max(lastPrototype, reference) }
        } else {
            _ = difference(.patchedValue, from: base[2])
        }
        let count = shape.elementCount(info: info)
        let stride = shape.element.count
        guard words.count + count * stride <= limit else { return isInvalid = true }
        let baseShape = RecordShape.of(info: base[1])
        let isAlike = baseShape.element == shape.element
        let baseCount = isAlike ? baseShape.elementCount(info: base[1]) : 0
        var done = 0
        var source = 0
        var run = 0
        var state = ElementState()
        var shift: UInt32 = 0
        while done < count, !isInvalid {
            let known = run < script.count ? script[run] : ElementRun()
            run += 1
            let skip = Int(coder.code(UInt32(known.skip), .elementScript))
            let insert = Int(coder.code(UInt32(known.insert), .elementScript))
            let take = Int(coder.code(UInt32(known.take), .elementScript))
            guard skip <= baseCount - source, insert <= count - done, take <= count - done - insert,
                take <= baseCount - source - skip, insert + take > 0
            else { return isInvalid = true }
            source += skip
            for _ in 0..<insert {
                element(kind: kind, &state)
                if isInvalid { return }
            }
            for _ in 0..<take {
                let at = 3 + source * stride
                taken(shape, base[at..<at + stride], &shift)
                source += 1
            }
            done += insert + take
            noteState(kind: kind, stride: stride, &state)
        }
        check(start)
    }

    private mutating func taken(_ shape: RecordShape, _ base: ArraySlice<UInt32>, _ shift: inout UInt32) {
        var isFirstValue = true
        for (role, word) in zip(shape.element, base) {
            switch role {
            case .name: words.append(word)
            case .type: _ = guess(.patchedType, word)
            case .value where isFirstValue:
                shift = difference(.patchedValue, from: word &+ shift) &- word
                isFirstValue = false
            case .value: _ = difference(.patchedValue, from: word)
            }
        }
    }

    private mutating func noteState(kind: UInt32, stride: Int, _ state: inout ElementState) {
        guard words.count >= stride, stride > 0 else { return }
        let last = words.count - stride
        state.isFirst = false
        switch kind {
        case 4, 5:
            state.name = words[last]
            state.type = words[last + 1]
            state.offset = words[last + 2]
        case 13: state.name = words[last]
        case 6, 19:
            state.name = words[last]
            state.value = words[last + 1]
            if kind == 19 { state.high = words[last + 2] }
        case 15:
            state.type = words[last]
            state.offset = words[last + 1] &+ words[last + 2]
        default: break
        }
        if state.name >= endRank || state.type >= endID { isInvalid = true }
    }
}

/// One step of the alignment of two records' elements.
struct ElementRun {
    var skip = 0
    var insert = 0
    var take = 0
}
