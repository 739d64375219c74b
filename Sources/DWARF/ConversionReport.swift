/// What a conversion read, kept and left out.
public struct ConversionReport: Hashable, Sendable, CustomStringConvertible {
    /// Units that were converted.
    public let unitsRead: Int
    /// Units of assembler, which have no types.
    public let unitsOfAssembler: Int
    /// Units of Rust, whose types BTF has no words for.
    public let unitsOfRust: Int
    /// Units of other languages than C.
    public let unitsOfOtherLanguages: Int
    /// Units that are no compilation units, or are empty.
    public let unitsOfOtherKinds: Int
    /// Types in the result, functions and variables included, before those that say the same are merged.
    public let types: Int
    /// Types of a module that are the base's and therefore not in the result; none where there is no base. A module
    /// that shares few is another kernel's, or was built by another compiler.
    public let sharedTypes: Int
    /// Functions that were found; those that a base has too are not in the result.
    public let functions: Int
    /// Functions left out because units do not agree on their prototype.
    public let inconsistentFunctions: Int
    /// Functions left out because a parameter is not where the calling convention puts it.
    public let misplacedFunctions: Int
    /// Per-CPU variables in the result.
    public let variables: Int
    /// Names of structs, unions and enumerations with more than one definition.
    public let conflictedNames: Int

    init(_ gathered: GatheredTypes, _ emission: Emission, types: Int, sharedTypes: Int) {
        let counts = gathered.counts
        unitsRead = counts.read
        unitsOfAssembler = counts.assembler
        unitsOfRust = counts.rust
        unitsOfOtherLanguages = counts.otherLanguages
        unitsOfOtherKinds = counts.otherKinds + counts.empty
        self.types = types
        self.sharedTypes = sharedTypes
        functions = emission.functions.count
        inconsistentFunctions = emission.inconsistentFunctions
        misplacedFunctions = emission.misplacedFunctions
        variables = emission.variables.count
        conflictedNames = gathered.conflictedNames
    }

    /// The report in one line.
    public var description: String {
        let shared = sharedTypes > 0 ? " (\(sharedTypes) more are the base's)" : ""
        return """
            \(unitsRead) units read (skipped: \(unitsOfAssembler) of assembler, \(unitsOfRust) of Rust, \
            \(unitsOfOtherLanguages) of other languages, \(unitsOfOtherKinds) of other kinds); \(types) types\(shared), \
            \(functions) functions (left out: \(inconsistentFunctions) whose prototypes differ, \
            \(misplacedFunctions) whose parameters are elsewhere), \
            \(variables) per-CPU variables, \(conflictedNames) names with several definitions
            """
    }
}
