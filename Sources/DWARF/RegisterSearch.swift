/// Looks in a parameter's locations for the register in which the function takes it.
///
/// As pahole does it: the register is what the first location says where that is a register and nothing else, or what
/// DW_OP_entry_value says in any of them. One that says the expected register settles it.
struct RegisterSearch {
    /// The operation that names the expected register.
    private let expected: UInt64
    private var found: UInt64 = 0
    private(set) var isSettled = false

    /// Whether the parameter is taken in a register, and never in the expected one.
    var isMisplaced: Bool { !isSettled && found != 0 }

    /// More locations of a list are not looked at.
    static let locationLimit = 1 << 10

    init(for expected: UInt64) { self.expected = expected }

    /// Takes in a location.
    ///
    /// - Parameters:
    ///   - bytes: the section that the expression is in.
    ///   - range: where it is; inside the section.
    ///   - isFirst: whether it is the first of the parameter's locations.
    mutating func take(_ bytes: Bytes, _ range: Range<Int>, isFirst: Bool) {
        var end = range.upperBound
        if range.count > 1, bytes.byte(end &- 1) == Operation.stackValue { end &-= 1 }
        guard range.lowerBound < end else { return }
        let operation = bytes.byte(range.lowerBound)
        if Operation.registers.contains(operation) {
            if isFirst, end &- range.lowerBound == 1 { note(operation) }
            return
        }
        guard operation == Operation.entryValue || operation == Operation.gnuEntryValue else { return }
        var at = range.lowerBound &+ 1
        guard let length = try? bytes.uleb(&at, end: end), length == UInt64(end &- at), length > 0 else { return }
        let inner = bytes.byte(at)
        if length == 1 || Operation.registersByNumber.contains(inner) { note(inner) }
    }

    private mutating func note(_ operation: UInt64) {
        found = operation
        if operation == expected { isSettled = true }
    }

    /// Takes in the list at an offset of .debug_loc; a damaged one says nothing more from there on.
    mutating func take(oldList lists: Bytes, at offset: Int, addressSize: UInt8) {
        let size = Int(addressSize)
        let highest = addressSize == 8 ? UInt64.max : 0xffff_ffff
        var at = offset
        var isFirst = true
        for _ in 0..<RegisterSearch.locationLimit {
            guard at >= 0, lists.count - at >= 2 * size else { return }
            let start = lists.number(at, width: addressSize)
            let stop = lists.number(at + size, width: addressSize)
            at += 2 * size
            if start == 0, stop == 0 { return }
            if start == highest { continue }
            guard lists.count - at >= 2 else { return }
            let length = Int(lists.number(at, width: 2))
            at += 2
            guard lists.count - at >= length else { return }
            take(lists, at..<at + length, isFirst: isFirst)
            if isSettled { return }
            isFirst = false
            at += length
        }
    }

    /// Takes in the list at an offset of .debug_loclists; a damaged one says nothing more from there on.
    mutating func take(list lists: Bytes, at offset: Int, addressSize: UInt8) {
        guard offset >= 0 else { return }
        var at = offset
        var isFirst = true
        for _ in 0..<RegisterSearch.locationLimit {
            guard at < lists.count else { return }
            let kind = lists.byte(at)
            at += 1
            var numbers = 0
            switch kind {
            case LocationListEntry.end: return
            case LocationListEntry.defaultLocation: break
            case LocationListEntry.baseAddressByIndex: numbers = 1
            case LocationListEntry.startEndByIndex, LocationListEntry.startLengthByIndex, LocationListEntry.offsetPair,
                LocationListEntry.gnuViewPair:
                numbers = 2
            case LocationListEntry.baseAddress: at += Int(addressSize)
            case LocationListEntry.startEnd: at += 2 * Int(addressSize)
            case LocationListEntry.startLength:
                at += Int(addressSize)
                numbers = 1
            default: return
            }
            for _ in 0..<numbers {
                guard (try? lists.uleb(&at, end: lists.count)) != nil else { return }
            }
            switch kind {
            case LocationListEntry.baseAddressByIndex, LocationListEntry.baseAddress, LocationListEntry.gnuViewPair:
                continue
            default: break
            }
            let length = try? lists.uleb(&at, end: lists.count)
            guard let length, length <= UInt64(lists.count - at) else { return }
            take(lists, at..<at + Int(length), isFirst: isFirst)
            if isSettled { return }
            isFirst = false
            at += Int(length)
        }
    }
}
