import Foundation
import TestSupport

/// Debug information that no compiler writes, put together byte by byte: one DWARF 4 unit.
struct HandmadeDWARF {
    /// The table of abbreviations, declaration by declaration.
    var abbreviations: [[UInt8]]
    /// The entries, one after the other.
    var entries: [[UInt8]]

    /// Where the first entry stands in the unit.
    static let start = 11

    /// A unit's entry with children (1), an int (2), a const of a ref4 (3), a struct with children (4).
    private static let usual: [[UInt8]] = [
        [1, 0x11, 1, 0x13, 0x0b, 0, 0],
        [2, 0x24, 0, 0x03, 0x08, 0x0b, 0x0b, 0x3e, 0x0b, 0, 0],
        [3, 0x26, 0, 0x49, 0x13, 0, 0],
        [4, 0x13, 1, 0x0b, 0x0b, 0, 0],
        [0],
    ]

    /// A chain of const types, each of the next one; the last is of an int, or of the first.
    static func consts(count: Int, isCycle: Bool) -> HandmadeDWARF {
        var entries: [[UInt8]] = [[1, 0x1d]]
        let first = start + 2
        for index in 0..<count {
            let next = isCycle && index == count - 1 ? first : first + 5 * (index + 1)
            entries.append([3] + withUnsafeBytes(of: UInt32(next).littleEndian) { Array($0) })
        }
        entries.append([2] + Array("int\0".utf8) + [4, 5])
        entries.append([0])
        return HandmadeDWARF(abbreviations: usual, entries: entries)
    }

    /// Structs, each inside of the one before.
    static func nestedStructs(count: Int) -> HandmadeDWARF {
        let open = [[UInt8]](repeating: [4, 1], count: count)
        let close = [[UInt8]](repeating: [0], count: count + 1)
        return HandmadeDWARF(abbreviations: usual, entries: [[1, 0x1d]] + open + close)
    }

    /// Pointers to structs that all lie in each other, each with the rest of the bytes as its members.
    static func overlappingStructs(count: Int) -> HandmadeDWARF {
        // A member is 2 and a byte of 1, which is also where a struct can start.
        var table = usual.dropLast() + [[5, 0x0d, 0, 0x0b, 0x0b, 0, 0], [0]]
        table[3] = [4, 0x2e, 1, 0x0b, 0x0b, 0, 0]
        table.insert([6, 0x13, 1, 0, 0], at: 0)
        var entries: [[UInt8]] = [[1, 0x1d]]
        let members = start + 2 + 5 * count + 2
        for index in 0..<count {
            entries.append([3] + withUnsafeBytes(of: UInt32(members + 2 * index + 1).littleEndian) { Array($0) })
        }
        // What holds them is a declared function, which the walk passes by.
        entries.append([4, 0])
        entries += [[UInt8]](repeating: [5, 6], count: count)
        return HandmadeDWARF(abbreviations: Array(table), entries: entries + [[0], [0]])
    }

    /// Makes an object file of it.
    func assemble(in directory: TemporaryDirectory) throws -> String {
        func bytes(_ lists: [[UInt8]]) -> String {
            lists.map { ".byte " + $0.map(String.init).joined(separator: ",") }.joined(separator: "\n")
        }
        let source = """
            .section .debug_abbrev,"",@progbits
            \(bytes(abbreviations))
            .section .debug_info,"",@progbits
            .long .Lend - .Lstart
            .Lstart:
            .short 4
            .long 0
            .byte 8
            \(bytes(entries))
            .Lend:

            """
        let path = try directory.write(source, to: "handmade.s")
        let object = directory.path("handmade.o")
        try Tool.run("as", ["-o", object, path])
        return object
    }
}
