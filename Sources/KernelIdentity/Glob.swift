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

    private static func matchSet(_ byte: UInt8, pattern: [UInt8], at start: Int) -> Int? {
        var index = start + 1
        let isNegated = index < pattern.count && pattern[index] == UInt8(ascii: "^")
        if isNegated { index += 1 }
        var isFound = false
        var isFirst = true
        while index < pattern.count, isFirst || pattern[index] != UInt8(ascii: "]") {
            isFirst = false
            if index + 2 < pattern.count, pattern[index + 1] == UInt8(ascii: "-"),
                pattern[index + 2] != UInt8(ascii: "]")
            {
                if pattern[index] <= byte, byte <= pattern[index + 2] { isFound = true }
                index += 3
            } else {
                if pattern[index] == byte { isFound = true }
                index += 1
            }
        }
        guard index < pattern.count, isFound != isNegated else { return nil }
        return index + 1
    }
}
