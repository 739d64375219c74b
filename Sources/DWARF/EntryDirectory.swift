/// Finds a unit's type entries by their offset, and holds what a reference to each puts into a hash.
///
/// Offsets fall into buckets of four bytes, each with a chain of its entries: an entry with a reference has five bytes,
/// so that nearly all chains have one link, and the table is a quarter of one with a place per offset.
struct EntryDirectory: ~Copyable {
    private struct Place: BitwiseCopyable {
        /// From the unit's start.
        var offset: UInt32
        /// The number of the next entry in the bucket plus one, or 0.
        var next: UInt32
        var hash: Fingerprint
    }

    private var heads = RawArray<UInt32>(capacity: 1 << 17)
    private var places = RawArray<Place>(capacity: 1 << 12)

    /// Empties the directory for a unit of so many bytes.
    mutating func clear(unitSize: Int) {
        heads.reset(zeroed: unitSize / 4 + 1)
        places.removeAll()
    }

    /// Adds the next entry, with its hash where it is known already.
    @inline(__always)
    mutating func add(_ offset: Int, _ hash: Fingerprint) {
        let next = heads[offset &>> 2]
        places.append(Place(offset: UInt32(truncatingIfNeeded: offset), next: next, hash: hash))
        heads[offset &>> 2] = UInt32(truncatingIfNeeded: places.count)
    }

    /// The number of the entry at an offset, or nil.
    @inline(__always)
    func find(_ offset: UInt32) -> Int? {
        let bucket = Int(offset &>> 2)
        guard bucket < heads.count else { return nil }
        var number = Int(heads.element(known: bucket))
        while number != 0 {
            let place = places.element(known: number &- 1)
            if place.offset == offset { return number &- 1 }
            number = Int(place.next)
        }
        return nil
    }

    /// What a reference to an entry puts into a hash; zero while that is not known.
    @inline(__always)
    subscript(entry: Int) -> Fingerprint {
        get { places.element(known: entry).hash }
        set { places[entry].hash = newValue }
    }
}
