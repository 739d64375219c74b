/// The part of a type's name that CO-RE compares: all before the last flavour, `task_struct` of `task_struct___old`.
///
/// Source: libbpf's `bpf_core_essential_name_len`. A flavour starts with three underscores between two characters that
/// are none.
public enum EssentialName {
    /// How many bytes of a name are essential.
    ///
    /// - Parameter name: the whole name.
    /// - Returns: a count of bytes from the start; all of them where the name has no flavour.
    @inlinable
    public static func length(of name: some RandomAccessCollection<UInt8>) -> Int {
        let underscore = UInt8(ascii: "_")
        let count = name.count
        guard count >= 5 else { return count }
        func at(_ index: Int) -> UInt8 { name[name.index(name.startIndex, offsetBy: index)] }
        for index in stride(from: count - 5, through: 0, by: -1)
        where at(index + 1) == underscore && at(index + 2) == underscore && at(index + 3) == underscore
            && at(index) != underscore && at(index + 4) != underscore
        {
            return index + 1
        }
        return count
    }

    /// The essential part of a name.
    ///
    /// - Parameter name: the whole name.
    /// - Returns: the name up to its last flavour.
    public static func of<Name: RandomAccessCollection<UInt8>>(_ name: Name) -> Name.SubSequence {
        name.prefix(length(of: name))
    }
}

extension BTF {
    /// Finds the types that have one of a few essential names, in one pass over the records and without decoding them.
    ///
    /// - Parameters:
    ///   - names: essential names, none of them empty; a name may stand there twice.
    ///   - kinds: the kinds of types to look at.
    /// - Returns: for each name the ids of own types that have it, in ascending order.
    public func ids(withEssentialNames names: [[UInt8]], ofKinds kinds: Set<Kind>) -> [[TypeID]] {
        var found = [[TypeID]](repeating: [], count: names.count)
        let search = EssentialNameSearch(names)
        let kindMask = kinds.reduce(UInt32(0)) { $0 | 1 << UInt32($1.rawValue) }
        // A span has to be of a local array; it saves the loop from retaining one for each type.
        let (ownWords, ownStarts, ownStrings) = (storage.words, storage.starts, storage.strings)
        let words = ownWords.span
        let starts = ownStarts.span
        let strings = ownStrings.span
        for index in 0..<(starts.count - 1) {
            let start = Int(starts[index])
            let name = words[start]
            guard name != 0, kindMask & (1 << (words[start + 1] >> 24 & 31)) != 0 else { continue }
            let id = TypeID(storage.firstID + UInt32(index))
            if name < storage.firstString {
                let whole = Array(bytes(at: StringOffset(rawValue: name))) + [0]
                search.match(at: 0, in: whole.span) { found[$0].append(id) }
            } else {
                search.match(at: Int(name - storage.firstString), in: strings) { found[$0].append(id) }
            }
        }
        return found
    }
}

/// A few essential names, made ready to be compared with very many names.
private struct EssentialNameSearch {
    private let names: [[UInt8]]
    /// Which names begin with two bytes; nearly every other name is turned away by them.
    private var byPrefix: [UInt16: [Int]] = [:]
    private var isPossible = [Bool](repeating: false, count: 1 << 16)

    init(_ names: [[UInt8]]) {
        self.names = names
        for (index, name) in names.enumerated() {
            guard let first = name.first else { continue }
            // A name of one byte ends there, or goes on with the underscores of a flavour.
            for second in name.count > 1 ? [name[1]] : [0, UInt8(ascii: "_")] {
                let prefix = UInt16(first) << 8 | UInt16(second)
                byPrefix[prefix, default: []].append(index)
                isPossible[Int(prefix)] = true
            }
        }
    }

    /// Calls `body` for each of the names that a string has as its essential one.
    ///
    /// - Parameters:
    ///   - start: where the string starts; it ends in a NUL.
    ///   - strings: the bytes around it.
    ///   - body: takes the name's index.
    @inline(__always)
    func match(at start: Int, in strings: Span<UInt8>, _ body: (Int) -> Void) {
        guard start + 1 < strings.count else { return }
        let prefix = UInt16(strings[start]) << 8 | UInt16(strings[start + 1])
        guard isPossible[Int(prefix)] else { return }
        for index in byPrefix[prefix] ?? [] where isEssential(names[index], ofStringAt: start, in: strings) {
            body(index)
        }
    }

    private func isEssential(_ name: [UInt8], ofStringAt start: Int, in strings: Span<UInt8>) -> Bool {
        let end = start + name.count
        guard end < strings.count, strings[end] == 0 || strings[end] == UInt8(ascii: "_") else { return false }
        for offset in 0..<name.count where strings[start + offset] != name[offset] { return false }
        // Most names end here; the others may have a flavour, or merely go on.
        var whole: [UInt8] = []
        var at = start
        while at < strings.count, strings[at] != 0 {
            whole.append(strings[at])
            at += 1
        }
        return EssentialName.length(of: whole) == name.count
    }
}
