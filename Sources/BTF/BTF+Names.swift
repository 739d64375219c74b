extension BTF {
    /// Finds the own types of a name, of any kind, in one pass over the records.
    ///
    /// - Parameter wanted: the whole name, not empty.
    /// - Returns: their ids, in ascending order.
    public func ids(named wanted: [UInt8]) -> [TypeID] {
        // Names of equal content mostly share one offset, so that most types are told apart by a number.
        var known: [StringOffset: Bool] = [:]
        let first = wanted.first
        return ids.filter { id in
            let offset = header(of: id).name
            guard !offset.isEmpty, firstByte(at: offset) == first else { return false }
            if let known = known[offset] { return known }
            let isWanted = bytes(at: offset).elementsEqual(wanted)
            known[offset] = isWanted
            return isWanted
        }
    }

    private func firstByte(at offset: StringOffset) -> UInt8? {
        guard offset.rawValue >= storage.firstString else { return base?.firstByte(at: offset) }
        return storage.strings[Int(offset.rawValue - storage.firstString)]
    }
}
