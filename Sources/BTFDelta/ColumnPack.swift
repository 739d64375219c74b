internal import Archive

/// Columns in bytes and back: long ones compressed each on its own, short ones together.
enum ColumnPack {
    /// From how many bytes on a column has a frame of its own, whose statistics pay for its header.
    private static let ownFrameLength = 768
    /// zstd's level.
    private static let level = 19

    static func pack(_ columns: [[UInt8]], into output: inout [UInt8]) throws {
        appendLengths(of: columns, to: &output)
        for piece in pieces(of: columns.map(\.count)) {
            let bytes = piece.flatMap { columns[$0] }
            let compressed = try Compression.zstd.compress(bytes, level: level)
            let isSmaller = compressed.count < bytes.count
            let stored = isSmaller ? compressed : bytes
            output.appendNumber(UInt64(stored.count) << 1 | (isSmaller ? 1 : 0))
            output += stored
        }
    }

    /// The same without compression.
    static func packPlain(_ columns: [[UInt8]], into output: inout [UInt8]) {
        appendLengths(of: columns, to: &output)
        for piece in pieces(of: columns.map(\.count)) {
            let bytes = piece.flatMap { columns[$0] }
            output.appendNumber(UInt64(bytes.count) << 1)
            output += bytes
        }
    }

    private static func appendLengths(of columns: [[UInt8]], to output: inout [UInt8]) {
        var mask: UInt64 = 0
        for (index, column) in columns.enumerated() where !column.isEmpty { mask |= 1 << UInt64(index) }
        output.appendNumber(mask)
        for column in columns where !column.isEmpty { output.appendNumber(UInt64(column.count)) }
    }

    /// Reads columns back.
    ///
    /// - Parameters:
    ///   - reader: stands at the columns' start, afterwards at their end.
    ///   - count: how many columns are known.
    ///   - limit: the most bytes that the columns may have in all.
    ///   - wanted: the columns that are needed, when that is not all; others may come out empty.
    /// - Returns: the columns.
    /// - Throws: `DeltaError` when there are none.
    static func unpack(
        _ reader: inout ByteReader,
        count: Int,
        limit: Int,
        only wanted: Set<Int>? = nil
    ) throws(DeltaError) -> [[UInt8]] {
        let mask = try reader.number()
        guard mask >> UInt64(count) == 0 else { throw DeltaError("it has columns that are not known") }
        var lengths = [Int](repeating: 0, count: count)
        var rest = limit
        for index in 0..<count where mask >> UInt64(index) & 1 == 1 {
            lengths[index] = try reader.number(below: rest)
            rest -= lengths[index]
        }
        var columns = [[UInt8]](repeating: [], count: count)
        let unpacker = ZstandardFrames()
        for piece in pieces(of: lengths) {
            let length = piece.reduce(0) { $0 + lengths[$1] }
            let head = try reader.number(below: 2 * limit)
            let stored = try reader.bytes(head >> 1)
            if let wanted, wanted.isDisjoint(with: piece) { continue }
            let bytes = head & 1 == 1 ? unpacker.unpack(stored, count: length) : Array(stored)
            guard let bytes, bytes.count == length else { throw DeltaError("a column cannot be unpacked") }
            if piece.count == 1 {
                columns[piece[0]] = bytes
                continue
            }
            var at = 0
            for index in piece {
                columns[index] = Array(bytes[at..<at + lengths[index]])
                at += lengths[index]
            }
        }
        return columns
    }

    private static func pieces(of lengths: [Int]) -> [[Int]] {
        let short = lengths.indices.filter { (1..<ownFrameLength).contains(lengths[$0]) }
        return (short.isEmpty ? [] : [short]) + lengths.indices.filter { lengths[$0] >= ownFrameLength }.map { [$0] }
    }
}

/// Why bytes are no delta of what they are said to be one of.
public struct DeltaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One clause that says what is wrong.
    public let description: String

    package init(_ description: String) { self.description = description }
}

/// Reads numbers and bytes one after another, never past the end.
package struct ByteReader {
    private let input: [UInt8]
    private var position = 0

    package init(_ input: [UInt8]) { self.input = input }

    package var isAtEnd: Bool { position == input.count }

    /// What has not been read yet.
    var rest: ArraySlice<UInt8> { input[position...] }

    package mutating func number() throws(DeltaError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < input.count, shift < 64 {
            let byte = input[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw DeltaError("a number in it has no end")
    }

    package mutating func number(below limit: Int) throws(DeltaError) -> Int {
        let value = try number()
        guard value < UInt64(max(limit, 0)) else { throw DeltaError("a count in it is impossible") }
        return Int(value)
    }

    package mutating func bytes(_ count: Int) throws(DeltaError) -> ArraySlice<UInt8> {
        guard count <= input.count - position else { throw DeltaError("it is cut off") }
        position += count
        return input[position - count..<position]
    }
}

extension [UInt8] {
    /// Appends a number in groups of seven bits, the lowest first.
    package mutating func appendNumber(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}
