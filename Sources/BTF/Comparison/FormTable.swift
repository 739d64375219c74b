/// Numbers what types say, so that types of several BTFs can be held against each other.
///
/// A form is a type's record with its names numbered over all BTFs, and with each reference replaced by a form: that of
/// the kind and name where the type referred to has a name that is not followed further, else that of its whole record.
/// Two types say the same when they have one form. Forms are compared word by word; hashes only propose.
struct FormTable {
    /// The form of void.
    static let void: UInt32 = 0

    private var names = StringTable(base: nil)
    /// The words of all forms, behind one another; behind the last form those of the one that is being added.
    private var words: [UInt32] = []
    /// Where each form starts in `words`, and at last where they end.
    private var starts: [UInt32] = [0]
    private var hashes: [UInt64] = []
    /// Forms plus one, by hash; 0 for a free place. The number of places is a power of two.
    private var slots = [UInt32](repeating: 0, count: 1 << 12)

    /// Makes a table that knows void alone.
    init() { _ = finish() }

    /// The number of forms.
    var count: Int { starts.count - 1 }

    /// The number of a name, the same for equal names of all BTFs.
    mutating func number(ofName name: some Collection<UInt8>) -> UInt32 { names.intern(name).rawValue }

    /// Adds a word to the form that is being added.
    @inline(__always)
    mutating func append(_ word: UInt32) { words.append(word) }

    /// Ends the form that is being added.
    ///
    /// - Returns: its number; that of an equal one where there is one.
    mutating func finish() -> UInt32 {
        let start = Int(starts[count])
        if count * 2 >= slots.count { grow() }
        var hash = UInt64(words.count - start)
        for index in stride(from: start, to: words.count - 1, by: 2) {
            hash = mix(hash, UInt64(words[index]) << 32 | UInt64(words[index + 1]))
        }
        if (words.count - start) % 2 == 1 { hash = mix(hash, UInt64(words[words.count - 1])) }
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let form = Int(slots[slot] - 1)
            if hashes[form] == hash, isEqual(form, to: start) {
                words.removeLast(words.count - start)
                return UInt32(form)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        hashes.append(hash)
        starts.append(UInt32(words.count))
        slots[slot] = UInt32(count)
        return UInt32(count - 1)
    }

    private func isEqual(_ form: Int, to start: Int) -> Bool {
        let other = Int(starts[form])
        let length = words.count - start
        guard Int(starts[form + 1]) - other == length else { return false }
        for index in 0..<length where words[other + index] != words[start + index] { return false }
        return true
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for form in 0..<count {
            var slot = Int(truncatingIfNeeded: hashes[form]) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(form + 1)
        }
    }
}
