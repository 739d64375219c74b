import ELF

/// A section's bytes, in the file's byte order: the module's one place that reads through a pointer.
///
/// The bytes are followed by at least 8 more that may be read, so that a load of any width at an offset inside the
/// section is safe, and they stay mapped while the ``DebugSections`` that made this lives. Whether an offset is inside,
/// the callers know: they check an entry's extent once and then load its fields.
struct Bytes {
    private let base: UnsafeRawPointer
    let count: Int
    private let isSwapped: Bool
    /// Whether the most significant byte of a number comes first.
    let isBigEndian: Bool

    /// Wraps the first `count` bytes at an address.
    init(_ base: UnsafeRawPointer, count: Int, byteOrder: ELFHeader.ByteOrder) {
        self.base = base
        self.count = count
        isBigEndian = byteOrder == .big
        isSwapped = (byteOrder == .big) == (1.littleEndian == 1)
    }

    @inline(__always)
    func byte(_ offset: Int) -> UInt64 {
        UInt64(base.load(fromByteOffset: offset, as: UInt8.self))
    }

    /// The 8 bytes at an offset, the first one in the lowest bits.
    @inline(__always)
    func littleEndianWord(_ offset: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The number in `width` bytes, 0 to 8, at an offset.
    @inline(__always)
    func number(_ offset: Int, width: UInt8) -> UInt64 {
        let word = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        if _fastPath(!isSwapped) {
            // Shifting in two steps, since a shift by 64 is not defined.
            let spare = UInt64(64 &- 8 &* Int(width))
            return width == 0 ? 0 : (word &<< spare) &>> spare
        }
        return width == 0 ? 0 : word.byteSwapped &>> UInt64(64 &- 8 &* Int(width))
    }

    /// The value of a field of an entry whose fixed bytes start at an offset.
    @inline(__always)
    func field(_ field: Field, _ offset: Int) -> UInt32 {
        if _fastPath(!isSwapped) {
            let word = base.loadUnaligned(fromByteOffset: offset &+ Int(field.at), as: UInt32.self)
            return word & field.mask | field.constant
        }
        return UInt32(truncatingIfNeeded: number(offset &+ Int(field.at), width: field.width)) | field.constant
    }

    /// The unsigned LEB128 number at an offset, which moves behind it.
    @inline(__always)
    func uleb(_ offset: inout Int, end: Int) throws(Fault) -> UInt64 {
        guard offset < end else { throw Fault(.truncated, at: offset) }
        let first = byte(offset)
        offset &+= 1
        if _fastPath(first < 0x80) { return first }
        return try longULEB(first, &offset, end)
    }

    @inline(never)
    private func longULEB(_ first: UInt64, _ offset: inout Int, _ end: Int) throws(Fault) -> UInt64 {
        var value = first & 0x7f
        var shift: UInt64 = 7
        while offset < end {
            let next = byte(offset)
            offset += 1
            // A tenth byte has one bit left to give; zeros may pad beyond that.
            guard shift < 63 || (shift == 63 && next & 0x7e == 0) || next & 0x7f == 0 else {
                throw Fault(.numberTooLong, at: offset - 1)
            }
            guard shift < 700 else { throw Fault(.numberTooLong, at: offset - 1) }
            if shift < 64 { value |= (next & 0x7f) << shift }
            if next < 0x80 { return value }
            shift += 7
        }
        throw Fault(.truncated, at: offset)
    }

    /// The signed LEB128 number at an offset, which moves behind it.
    func sleb(_ offset: inout Int, end: Int) throws(Fault) -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end {
            let next = byte(offset)
            offset += 1
            guard shift < 70 else { throw Fault(.numberTooLong, at: offset - 1) }
            if shift < 64 { value |= (next & 0x7f) << shift }
            shift += 7
            if next < 0x80 {
                if next & 0x40 != 0, shift < 64 { value |= ~0 << shift }
                return Int64(bitPattern: value)
            }
        }
        throw Fault(.truncated, at: offset)
    }

    /// The length of the NUL-terminated string at an offset, or nil when it does not end before `end`.
    @inline(__always)
    func stringLength(_ offset: Int, end: Int) -> Int? {
        var at = offset
        while at < end {
            let word = littleEndianWord(at)
            let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if zeros != 0 {
                let length = at &- offset &+ zeros.trailingZeroBitCount / 8
                return offset &+ length < end ? length : nil
            }
            at &+= 8
        }
        return nil
    }

    /// A hash of the NUL-terminated string at an offset, or nil when it does not end in the section.
    @inline(__always)
    func stringHash(_ offset: Int) -> UInt64? {
        var hash = Fingerprint(seed: 0x7374_7269)
        var at = offset
        while at < count {
            let word = littleEndianWord(at)
            let zeros = (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
            if zeros != 0 {
                let bits = UInt64(zeros.trailingZeroBitCount & ~7)
                hash.mix(word & ~(~0 &<< bits), UInt64(bitPattern: Int64(at &- offset)))
                return at &+ Int(bits / 8) < count ? hash.high : nil
            }
            hash.mix(word, 0)
            at &+= 8
        }
        return nil
    }

    /// The bytes of a range that lies inside the section.
    func slice(_ offset: Int, _ length: Int) -> UnsafeRawBufferPointer {
        precondition(offset >= 0 && length >= 0 && offset <= count && length <= count - offset)
        return UnsafeRawBufferPointer(start: base + offset, count: length)
    }
}

extension Bytes {
    /// A hash of a range that lies inside the section: the same for the same bytes, wherever they stand.
    func fingerprint(_ offset: Int, _ length: Int) -> Fingerprint {
        precondition(offset >= 0 && length >= 0 && offset <= count && length <= count - offset)
        var hash = Fingerprint(seed: UInt64(length))
        var at = 0
        while at < length {
            var word = littleEndianWord(offset + at)
            let left = length - at
            if left < 8 { word &= ~0 >> UInt64(64 - 8 * left) }
            hash.mix(word, UInt64(at))
            at += 8
        }
        return hash
    }
}
