/// Why no minimised BTF can be handed out for a kernel.
public enum MinimizationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Solved again on the minimised BTF, a relocation comes to something else; this is a fault of this project.
    case notProven(object: String, location: InstructionLocation, reason: String)
    /// The types cannot be written as BTF.
    case unwritable(reason: String)

    /// The fault in one sentence.
    public var description: String {
        switch self {
        case .notProven(let object, let location, let reason):
            let place = location.function.map { "\(location.section), function \($0)" } ?? location.section
            return
                "\(object), \(place), instruction \(location.index): the minimised BTF does not hold what the kernel's "
                + "does, so that it is not handed out: \(reason)"
        case .unwritable(let reason):
            return "the minimised types cannot be written as BTF: \(reason)"
        }
    }
}
