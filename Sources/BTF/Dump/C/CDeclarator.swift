/// The part of a C declaration that stands around a name: stars, brackets and parentheses.
///
/// It grows from the name outwards, as a declaration is read: `a` is an array, of pointers, to functions.
struct CDeclarator {
    private var text: String
    private var last = Last.name

    private enum Last { case name, pointer, parenthesizedFunction }

    /// Starts with a name, or with nothing for a type alone.
    init(_ name: String) { text = name }

    /// Goes on to what a pointer points to.
    ///
    /// - Parameter qualifiers: those of the pointer itself.
    mutating func addPointer(_ qualifiers: [String]) {
        if qualifiers.isEmpty {
            text = (last == .parenthesizedFunction ? "* " : "*") + text
        } else {
            text = "* " + qualifiers.joined(separator: " ") + (text.isEmpty ? "" : " ") + text
        }
        last = .pointer
    }

    /// Goes on to what an array holds.
    ///
    /// - Parameter count: how many elements it has.
    mutating func addArray(_ count: UInt32) {
        addSuffix("[\(count)]")
        last = .name
    }

    /// Goes on to what a function returns.
    ///
    /// - Parameter parameters: its parameters, in parentheses.
    mutating func addFunction(_ parameters: String) {
        let isInParentheses = last == .pointer
        addSuffix(parameters)
        last = isInParentheses ? .parenthesizedFunction : .name
    }

    private mutating func addSuffix(_ suffix: String) {
        text = last == .pointer ? "(\(text))\(suffix)" : text + suffix
    }

    /// The declaration.
    ///
    /// - Parameter type: the type at the end, with its qualifiers.
    /// - Returns: the type and what was built around the name.
    func declaring(_ type: String) -> String { text.isEmpty ? type : type + " " + text }
}
