/// One direction of the codec: numbers into columns, or out of them.
///
/// Writing and reading a delta are one piece of code, which asks a coder for each number: a writer knows the word that
/// the number is made of, a reader the number.
protocol SymbolCoder {
    /// Whether few numbers are known to pass.
    var isShort: Bool { get }
    /// Whether a reader has read more than there was.
    var isExhausted: Bool { get }
    /// The word that is to come out at this place; of no meaning to a reader.
    func target(at index: Int) -> UInt32
    /// Passes one number through a column: a writer gives back what it took, a reader what it read.
    mutating func code(_ symbol: UInt32, _ column: Column) -> UInt32
}

/// Writes numbers into columns.
struct SymbolWriter: SymbolCoder {
    let words: [UInt32]
    var columns = [[UInt8]](repeating: [], count: Column.allCases.count)

    var isShort: Bool { false }
    var isExhausted: Bool { false }

    func target(at index: Int) -> UInt32 { words[index] }

    mutating func code(_ symbol: UInt32, _ column: Column) -> UInt32 {
        var rest = symbol
        while rest >= 0x80 {
            columns[column.rawValue].append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        columns[column.rawValue].append(UInt8(truncatingIfNeeded: rest))
        return symbol
    }
}

/// Reads numbers out of columns. Behind a column's end it reads zeroes and takes note.
struct SymbolReader: SymbolCoder {
    /// The columns one behind the other: one array that is read all over costs less than many.
    private let bytes: [UInt8]
    /// Where each column is read next, by its number.
    private var positions = InlineArray<64, Int>(repeating: 0)
    /// Where each column ends.
    private var ends = InlineArray<64, Int>(repeating: 0)
    /// Whether more was read than there was, or a number that is none.
    private(set) var isExhausted = false

    init(columns: [[UInt8]]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(columns.reduce(0) { $0 + $1.count })
        for (index, column) in columns.enumerated() {
            positions[index] = bytes.count
            bytes += column
            ends[index] = bytes.count
        }
        self.bytes = bytes
    }

    /// From how many bytes on, unpacked, numbers are many.
    private static let many = 8192

    var isShort: Bool { bytes.count < Self.many }

    func target(at index: Int) -> UInt32 { 0 }

    @inline(__always)
    mutating func code(_ symbol: UInt32, _ column: Column) -> UInt32 {
        let position = positions[column.rawValue]
        if position < ends[column.rawValue], bytes[position] < 0x80 {
            positions[column.rawValue] = position + 1
            return UInt32(bytes[position])
        }
        return longCode(column)
    }

    @inline(never)
    private mutating func longCode(_ column: Column) -> UInt32 {
        var position = positions[column.rawValue]
        let end = ends[column.rawValue]
        var value: UInt32 = 0
        var shift: UInt32 = 0
        while position < end {
            let byte = bytes[position]
            position += 1
            value |= UInt32(byte & 0x7f) &<< shift
            if byte < 0x80 {
                positions[column.rawValue] = position
                return value
            }
            shift += 7
            if shift > 28 { break }
        }
        isExhausted = true
        return 0
    }

    /// The next string of the column of strings, with its terminator; nil when there is none.
    mutating func string() -> ArraySlice<UInt8>? {
        let column = Column.stringSuffix.rawValue
        let start = positions[column]
        var end = start
        while end < ends[column], bytes[end] != 0 { end += 1 }
        guard end < ends[column] else { return nil }
        positions[column] = end + 1
        return bytes[start...end]
    }

    /// Whether every column was read to its end.
    var isFinished: Bool { Column.allCases.allSatisfy { positions[$0.rawValue] == ends[$0.rawValue] } }
}

/// Signed differences as small numbers: 0, -1, 1, -2, …
@inline(__always)
package func zigzag(_ difference: UInt32) -> UInt32 { (difference << 1) ^ (difference >> 31 == 1 ? .max : 0) }

/// The difference that a number stands for.
@inline(__always)
package func unzigzag(_ symbol: UInt32) -> UInt32 { (symbol >> 1) ^ (symbol & 1 == 1 ? .max : 0) }
