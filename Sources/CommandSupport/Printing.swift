import Foundation

/// Where results and remarks of a command go.
public enum Printing {
    /// Writes a result to standard output.
    ///
    /// - Parameter text: the text, with its line ends.
    /// - Throws: `CommandFailure` when standard output takes no more.
    public static func result(_ text: String) throws { try OutputFile("-").write(Array(text.utf8)) }

    /// Writes a result to standard output as JSON, keys in a fixed order, one line end behind it.
    ///
    /// - Parameter value: the result.
    /// - Throws: `CommandFailure` when standard output takes no more.
    public static func json(_ value: some Encodable) throws {
        try json(value, formatting: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }

    /// Writes one of many results to standard output as a line of JSON (JSON Lines), keys in a fixed order.
    ///
    /// - Parameter value: the result.
    /// - Throws: `CommandFailure` when standard output takes no more.
    public static func jsonLine(_ value: some Encodable) throws {
        try json(value, formatting: [.sortedKeys, .withoutEscapingSlashes])
    }

    private static func json(_ value: some Encodable, formatting: JSONEncoder.OutputFormatting) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        try OutputFile("-").write(Array(encoder.encode(value)) + [UInt8(ascii: "\n")])
    }

    /// Writes a remark for the person at the terminal to standard error.
    ///
    /// - Parameter text: a line, without its end.
    public static func remark(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
