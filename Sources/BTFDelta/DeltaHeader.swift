internal import BTF

/// What stands at the start of a delta: how much of what it gives, and what it was made from.
struct DeltaHeader {
    let byteOrder: ByteOrder
    let stringCount: Int
    let stringBytes: Int
    let typeCount: Int
    let wordCount: Int
    let baseStringCount: Int
    let baseTypeCount: Int

    init(of target: TypeTable, from base: TypeTable) {
        byteOrder = target.byteOrder
        stringCount = target.stringStarts.count - 1
        stringBytes = target.strings.count
        typeCount = target.starts.count - 1
        wordCount = target.words.count
        baseStringCount = base.stringStarts.count - 1
        baseTypeCount = base.starts.count - 1
    }

    /// The header of a delta that takes over all types and strings.
    init(copying base: TypeLayers) {
        byteOrder = base.byteOrder
        stringCount = base.stringCount
        stringBytes = base.stringBytes
        typeCount = base.typeCount
        wordCount = base.wordCount
        baseStringCount = base.stringCount
        baseTypeCount = base.typeCount
    }

    /// Reads a header.
    ///
    /// - Throws: `DeltaError` when what it promises is more than the limit.
    init(_ input: inout ByteReader, limit: Int) throws(DeltaError) {
        byteOrder = try input.number(below: 2) == 1 ? .bigEndian : .littleEndian
        stringCount = try input.number(below: limit)
        stringBytes = try input.number(below: limit)
        typeCount = try input.number(below: limit / 12 + 1)
        wordCount = try input.number(below: limit / 4 + 1)
        baseStringCount = try input.number(below: Delta.sizeLimit)
        baseTypeCount = try input.number(below: Delta.sizeLimit)
        guard 24 + stringBytes + 4 * wordCount <= limit, stringCount <= stringBytes, 3 * typeCount <= wordCount else {
            throw DeltaError("it gives too many bytes")
        }
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = [byteOrder == .bigEndian ? 1 : 0]
        for number in [stringCount, stringBytes, typeCount, wordCount, baseStringCount, baseTypeCount] {
            bytes.appendNumber(UInt64(number))
        }
        return bytes
    }
}
