/// Writes JSON values behind one another, with the commas and quotes that they need.
struct JSONWriter {
    /// What has been written.
    private(set) var text = ""
    private var needsComma = false

    /// Starts an object or an array.
    ///
    /// - Parameters:
    ///   - bracket: `{` or `[`.
    ///   - key: its key, when it stands in an object.
    mutating func open(_ bracket: Character, key: String? = nil) {
        separate()
        if let key { appendKey(key) }
        text.append(bracket)
        needsComma = false
    }

    /// Ends an object or an array.
    ///
    /// - Parameter bracket: `}` or `]`.
    mutating func close(_ bracket: Character) {
        text.append(bracket)
        needsComma = true
    }

    /// Writes a number's field.
    mutating func field(_ key: String, _ number: some BinaryInteger) {
        separate()
        appendKey(key)
        text += "\(number)"
        needsComma = true
    }

    /// Writes a string's field.
    mutating func field(_ key: String, _ string: String) {
        separate()
        appendKey(key)
        appendString(string)
        needsComma = true
    }

    /// Returns what has been written so far, and goes on with nothing.
    mutating func takeText() -> String {
        defer { text = "" }
        return text
    }

    private mutating func separate() {
        if needsComma { text += "," }
    }

    private mutating func appendKey(_ key: String) {
        appendString(key)
        text += ":"
    }

    /// Escapes what RFC 8259, section 7, says must be.
    private mutating func appendString(_ string: String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
