/// The statements of a C header, in an order that a compiler takes: what is used is declared, what is embedded defined.
struct CHeaderOrder {
    /// A statement of the header.
    enum Statement: Hashable {
        /// A forward declaration.
        case declare(TypeID)
        /// The definition of a struct, union, enumeration or typedef.
        case define(TypeID)
    }

    private let btf: BTF
    private let chains: CChains
    private var states: [State]
    private var isDeclared: [Bool]
    /// Typedefs whose target is complete, or will be when what is being defined is.
    private var isCompleted: [Bool]
    private var steps: [Step] = []
    /// What is being defined; only for its own sake is an enumeration without a name a statement.
    private var root = TypeID.void
    /// How often a struct was met in its own body, where it needs no declaration.
    private var selfReferences = 0

    private enum State: UInt8 { case new, active, done }

    private enum Step {
        /// Makes a type usable in the body of a container: declared, or complete.
        case need(TypeID, isComplete: Bool, container: TypeID)
        /// Ends what `need` has begun.
        case finish(TypeID)
        /// Ends a type without a name; it need not be looked at again when nothing was left out in it.
        case close(TypeID, selfReferences: Int)
    }

    /// Starts with nothing declared.
    init(of btf: BTF) {
        self.btf = btf
        chains = CChains(of: btf)
        let count = Int(btf.endID.rawValue)
        states = [State](repeating: .new, count: count)
        isDeclared = [Bool](repeating: false, count: count)
        isCompleted = [Bool](repeating: false, count: count)
    }

    /// Hands out what must be stated so that a type is defined, in order; nothing that was handed out before.
    ///
    /// - Parameters:
    ///   - root: the type.
    ///   - emit: takes a statement.
    /// - Throws: what `emit` throws.
    mutating func define(_ root: TypeID, _ emit: (Statement) throws(BTFError) -> Void) throws(BTFError) {
        self.root = root
        steps.append(.need(root, isComplete: true, container: .void))
        while let step = steps.popLast() {
            switch step {
            case .need(let id, let isComplete, let container):
                let (end, completeness) = chains[id]
                try need(end, isComplete: completeness ?? isComplete, container, emit)
            case .finish(let id):
                states[Int(id.rawValue)] = .done
                try emit(.define(id))
            case .close(let id, let before):
                states[Int(id.rawValue)] = before == selfReferences ? .done : .new
            }
        }
    }

    private mutating func need(
        _ id: TypeID,
        isComplete: Bool,
        _ container: TypeID,
        _ emit: (Statement) throws(BTFError) -> Void
    ) throws(BTFError) {
        let header = btf.header(of: id)
        let state = states[Int(id.rawValue)]
        switch header.kind {
        case .structure, .union:
            if !header.name.isEmpty, !isComplete {
                try declare(id, container, emit)
            } else if state == .new {
                states[Int(id.rawValue)] = .active
                let isNamed = !header.name.isEmpty
                steps.append(isNamed ? .finish(id) : .close(id, selfReferences: selfReferences))
                for member in btf.members(of: id).reversed() {
                    steps.append(.need(member.type, isComplete: true, container: isNamed ? id : container))
                }
            }
        case .functionPrototype where state == .new:
            states[Int(id.rawValue)] = .active
            steps.append(.close(id, selfReferences: selfReferences))
            guard case .functionPrototype(let prototype) = btf[id] else { return }
            for parameter in prototype.parameters.reversed() {
                steps.append(.need(parameter.type, isComplete: false, container: container))
            }
            steps.append(.need(prototype.result, isComplete: false, container: container))
        case .typedef:
            if isComplete, !isCompleted[Int(id.rawValue)] {
                isCompleted[Int(id.rawValue)] = true
                // The target first: it may refer to this typedef, which then comes before it.
                steps.append(.need(id, isComplete: false, container: container))
                steps.append(.need(header.type, isComplete: true, container: container))
            } else if state == .new {
                states[Int(id.rawValue)] = .active
                steps.append(.finish(id))
                steps.append(.need(header.type, isComplete: false, container: id))
            }
        case .enumeration, .enumeration64:
            if state == .new, !header.name.isEmpty || id == root {
                states[Int(id.rawValue)] = .done
                try emit(.define(id))
            }
        case .forward:
            try declare(id, container, emit)
        default:
            break
        }
    }

    private mutating func declare(
        _ id: TypeID,
        _ container: TypeID,
        _ emit: (Statement) throws(BTFError) -> Void
    ) throws(BTFError) {
        let index = Int(id.rawValue)
        if isDeclared[index] || states[index] == .done { return }
        if id == container {
            selfReferences += 1
            return
        }
        isDeclared[index] = true
        try emit(.declare(id))
    }
}
