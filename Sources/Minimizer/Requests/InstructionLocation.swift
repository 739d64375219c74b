/// Where in a BPF object an instruction stands.
public struct InstructionLocation: Hashable, Sendable {
    /// The program's section, such as `kprobe/do_unlinkat`.
    public let section: String
    /// The function that the instruction belongs to, where symbols or types name it.
    public let function: String?
    /// The instruction's index in its section, in units of 8 bytes, as `llvm-objdump -d` numbers them.
    public let index: Int
    /// The instruction's index in its function, as the verifier numbers a program's; nil without a function.
    public let indexInFunction: Int?
    /// The source line, where the object has line info.
    public let source: SourceLine?

    /// Describes a place.
    ///
    /// - Parameters:
    ///   - section: the program's section.
    ///   - function: the function, where it is known.
    ///   - index: the instruction's index in its section.
    ///   - indexInFunction: the instruction's index in its function.
    ///   - source: the source line, where it is known.
    public init(section: String, function: String?, index: Int, indexInFunction: Int?, source: SourceLine?) {
        self.section = section
        self.function = function
        self.index = index
        self.indexInFunction = indexInFunction
        self.source = source
    }
}

/// A line of a program's source, as the object's line info has it.
public struct SourceLine: Hashable, Sendable, CustomStringConvertible {
    /// The file's name, as the compiler was given it.
    public let file: String
    /// The line's number, from 1.
    public let line: Int
    /// The column, from 1; 0 where the compiler gives none.
    public let column: Int
    /// The text of the line; empty where the compiler could not read the file.
    public let text: String

    /// Describes a line.
    ///
    /// - Parameters:
    ///   - file: the file's name.
    ///   - line: the line's number, from 1.
    ///   - column: the column, from 1, or 0.
    ///   - text: the text of the line.
    public init(file: String, line: Int, column: Int, text: String) {
        self.file = file
        self.line = line
        self.column = column
        self.text = text
    }

    /// `file:line:column`, as compilers print it.
    public var description: String { "\(file):\(line):\(column)" }
}
