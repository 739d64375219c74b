/// Shell patterns over bytes, with the meaning of SQLite's GLOB.
public enum Glob {
    /// Whether a text matches a pattern.
    ///
    /// Runs in time proportional to the product of the two lengths at worst: a star is retried, never recursed into.
    ///
    /// - Parameters:
    ///   - text: the bytes to look at.
    ///   - pattern: `*` for any run, `?` for any byte, `[a-z]` and `[^a-z]` for a set.
    /// - Returns: whether the whole text matches the whole pattern.
    public static func matches(_ text: [UInt8], pattern: [UInt8]) -> Bool {
        var textIndex = 0
        var patternIndex = 0
        var retry: (text: Int, pattern: Int)?
        while textIndex < text.count {
            if patternIndex < pattern.count, pattern[patternIndex] == UInt8(ascii: "*") {
                patternIndex += 1
                retry = (textIndex, patternIndex)
                continue
            }
            if patternIndex < pattern.count,
                let next = matchOne(text[textIndex], pattern: pattern, at: patternIndex)
            {
                textIndex += 1
                patternIndex = next
                continue
            }
            guard let (text, pattern) = retry else { return false }
            textIndex = text + 1
            patternIndex = pattern
            retry = (textIndex, patternIndex)
        }
        return pattern[patternIndex...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Matches one byte against the pattern's element at an index, and returns the index behind that element.
    private static func matchOne(_ byte: UInt8, pattern: [UInt8], at index: Int) -> Int? {
        switch pattern[index] {
        case UInt8(ascii: "?"):
            return index + 1
        case UInt8(ascii: "["):
            return matchSet(byte, pattern: pattern, at: index)
        default:
            return pattern[index] == byte ? index + 1 : nil
        }
    }

    /// Matches one byte against a set, as SQLite's `patternCompare` does: `]` is itself when it stands first, and `-` is
    /// when it stands first, last or behind a range.
    private static func matchSet(_ byte: UInt8, pattern: [UInt8], at start: Int) -> Int? {
        let close = UInt8(ascii: "]")
        var index = start + 1
        var isFound = false
        var lower: UInt8?
        let isNegated = index < pattern.count && pattern[index] == UInt8(ascii: "^")
        if isNegated { index += 1 }
        if index < pattern.count, pattern[index] == close {
            isFound = byte == close
            index += 1
        }
        while index < pattern.count, pattern[index] != close {
            if let first = lower, pattern[index] == UInt8(ascii: "-"), index + 1 < pattern.count,
                pattern[index + 1] != close
            {
                if first <= byte, byte <= pattern[index + 1] { isFound = true }
                lower = nil
                index += 2
            } else {
                if pattern[index] == byte { isFound = true }
                lower = pattern[index]
                index += 1
            }
        }
        guard index < pattern.count, isFound != isNegated else { return nil }
        return index + 1
    }
}
