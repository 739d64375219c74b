internal import BTF

/// A delta taken apart: its columns, and what its header has more than the base, which is at hand when it is applied.
///
/// Many deltas of one kind compress better in parts, like beside like. Which these are is the format's of who stores them.
package struct DeltaParts: Hashable, Sendable {
    /// One of the delta's columns that are not empty.
    package struct Part: Hashable, Sendable {
        /// The column's number in the format.
        package let column: Int
        package let bytes: [UInt8]

        package init(column: Int, bytes: [UInt8]) {
            self.column = column
            self.bytes = bytes
        }
    }

    /// How many own strings the result has more than the base; likewise types, and words of types.
    package let strings, types, words: Int32
    /// The columns in the order of their numbers.
    package let parts: [Part]

    /// The number of columns that there are.
    package static let columnCount = Column.allCases.count

    /// Puts parts together that were stored.
    package init(strings: Int32, types: Int32, words: Int32, parts: [Part]) {
        self.strings = strings
        self.types = types
        self.words = words
        self.parts = parts
    }

    /// Takes a delta apart.
    ///
    /// - Parameters:
    ///   - delta: the delta's bytes.
    ///   - base: what it is to be applied to.
    ///   - limit: the most bytes that the result may have.
    /// - Throws: `DeltaError` when the bytes are no delta of this base, or its result has another byte order.
    package init(_ delta: [UInt8], of base: TypeLayers, limit: Int) throws(DeltaError) {
        var input = ByteReader(delta)
        let header = try DeltaHeader(&input, limit: limit)
        let columns = try ColumnPack.unpack(&input, count: Self.columnCount, limit: 4 * limit)
        guard header.byteOrder == base.byteOrder, header.baseTypeCount == base.typeCount,
            header.baseStringCount == base.stringCount
        else { throw DeltaError("it is a delta against another BTF") }
        strings = Int32(truncatingIfNeeded: header.stringCount - base.stringCount)
        types = Int32(truncatingIfNeeded: header.typeCount - base.typeCount)
        words = Int32(truncatingIfNeeded: header.wordCount - base.wordCount)
        parts = columns.enumerated().filter { !$1.isEmpty }.map { Part(column: $0, bytes: $1) }
    }

    /// The delta's bytes, its columns not compressed.
    ///
    /// - Parameters:
    ///   - base: what it is to be applied to.
    ///   - growth: how many bytes the result has more than the base.
    /// - Returns: the bytes.
    /// - Throws: `DeltaError` when the result would have less than nothing.
    package func delta(of base: TypeLayers, growth: Int) throws(DeltaError) -> [UInt8] {
        let counts = [
            base.stringCount + Int(strings), base.stringBytes + growth - 4 * Int(words), base.typeCount + Int(types),
            base.wordCount + Int(words), base.stringCount, base.typeCount,
        ]
        var bytes: [UInt8] = [base.byteOrder == .bigEndian ? 1 : 0]
        for count in counts {
            guard count >= 0 else { throw DeltaError("a count in it is impossible") }
            bytes.appendNumber(UInt64(count))
        }
        var columns = [[UInt8]](repeating: [], count: Self.columnCount)
        for part in parts where columns.indices.contains(part.column) { columns[part.column] = part.bytes }
        ColumnPack.packPlain(columns, into: &bytes)
        return bytes
    }
}
