/// The part of a type's name that CO-RE compares: all before the last flavour, `task_struct` of `task_struct___old`.
///
/// Source: libbpf's `bpf_core_essential_name_len`. A flavour starts with three underscores between two characters that
/// are none.
public enum EssentialName {
    /// How many bytes of a name are essential.
    ///
    /// - Parameter name: the whole name.
    /// - Returns: a count of bytes from the start; all of them where the name has no flavour.
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
    /// - Parameter names: essential names, none of them empty; a name may stand there twice.
    /// - Returns: for each name the ids of own types of any kind that have it, in ascending order.
    public func ids(withEssentialNames names: [[UInt8]]) -> [[TypeID]] {
        var found = [[TypeID]](repeating: [], count: names.count)
        // A name's first two bytes turn nearly every other type away before its string is compared.
        var wanted: [UInt16: [Int]] = [:]
        var isPossible = [Bool](repeating: false, count: 1 << 16)
        for (index, name) in names.enumerated() {
            guard let first = name.first else { continue }
            let prefix = UInt16(first) << 8 | UInt16(name.count > 1 ? name[1] : 0)
            wanted[prefix, default: []].append(index)
            isPossible[Int(prefix)] = true
            // A name of one byte goes on with an underscore where it has a flavour.
            if name.count == 1 {
                let flavoured = UInt16(first) << 8 | UInt16(UInt8(ascii: "_"))
                wanted[flavoured, default: []].append(index)
                isPossible[Int(flavoured)] = true
            }
        }
        let (words, starts, strings) = (storage.words, storage.starts, storage.strings)
        for index in 0..<(starts.count - 1) {
            let name = words[Int(starts[index])]
            guard name != 0 else { continue }
            let id = TypeID(storage.firstID + UInt32(index))
            if name < storage.firstString {
                let whole = bytes(at: StringOffset(rawValue: name))
                match(whole, id, against: names, wanted[Self.prefix(whole)] ?? [], &found)
                continue
            }
            let at = Int(name - storage.firstString)
            guard at + 1 < strings.count else { continue }
            let prefix = UInt16(strings[at]) << 8 | UInt16(strings[at + 1])
            guard isPossible[Int(prefix)] else { continue }
            match(bytes(at: StringOffset(rawValue: name)), id, against: names, wanted[prefix] ?? [], &found)
        }
        return found
    }

    private static func prefix(_ name: ArraySlice<UInt8>) -> UInt16 {
        UInt16(name.first ?? 0) << 8 | UInt16(name.dropFirst().first ?? 0)
    }

    private func match(
        _ whole: ArraySlice<UInt8>,
        _ id: TypeID,
        against names: [[UInt8]],
        _ candidates: [Int],
        _ found: inout [[TypeID]]
    ) {
        guard !candidates.isEmpty else { return }
        let essential = EssentialName.of(whole)
        for candidate in candidates where essential.elementsEqual(names[candidate]) { found[candidate].append(id) }
    }
}
