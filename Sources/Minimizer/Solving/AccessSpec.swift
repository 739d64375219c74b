import BTF

/// A path from a root type to what a relocation is about, on the local side or on the target's.
///
/// Source: libbpf's `struct bpf_core_spec` and the comment at `bpf_core_parse_spec`.
struct AccessSpec: Hashable, Sendable {
    /// A step that means something: a named member, an array element, or an enumerator.
    struct Accessor: Hashable, Sendable {
        /// The struct, union or enumeration that has it, or an element's type.
        let type: TypeID
        /// The member's, element's or enumerator's index.
        let index: UInt32
        /// The name; nil for an array element.
        let name: StringOffset?
    }

    /// The most steps that a path may have: libbpf's BPF_CORE_SPEC_MAX_LEN.
    static let maximumLength = 64

    let root: TypeID
    /// Every step, those through anonymous members included.
    var steps: [UInt32] = []
    /// The steps that mean something.
    var accessors: [Accessor] = []
    /// Where the path ends, in bits from the root's start, modulo 2³² as libbpf has it.
    var bitOffset: UInt32 = 0

    /// The steps as an access string: `0:1:2`.
    var access: String { steps.map(String.init).joined(separator: ":") }

    /// Whether the last accessor leads to an array whose size the struct leaves open: of no elements, and the last member.
    ///
    /// Source: libbpf's `is_flex_arr`.
    func endsInFlexibleArray(_ array: BTFType.Array, in types: some TypeSource) -> Bool {
        guard array.count == 0, let last = accessors.last, last.name != nil else { return false }
        return Int(last.index) == types.header(of: last.type).count - 1
    }

    mutating func append(step: UInt32) throws(Refusal) {
        guard steps.count < Self.maximumLength else {
            throw Refusal("the path has more than \(Self.maximumLength) steps")
        }
        steps.append(step)
    }

    mutating func move(bytes: UInt32, times count: UInt32) {
        bitOffset &+= count &* bytes &* 8
    }
}

// MARK: - Local side

extension AccessSpec {
    /// The pointer size of BPF, in bytes: that of a 64-bit machine.
    static let localPointerSize: UInt32 = 8

    /// Reads an access string against the types of the object that it comes from.
    ///
    /// Source: libbpf's `bpf_core_parse_spec`.
    init(access: String, kind: RelocationKind, root: TypeID, in types: some TypeSource) throws(Refusal) {
        self.init(root: root)
        if kind.subject == .type {
            guard access == "0" else { throw Refusal("access string '\(access)' is not 0, as a type has no fields") }
            return
        }
        for part in access.split(separator: ":", omittingEmptySubsequences: false) {
            guard let step = UInt32(part), step <= Int32.max else {
                throw Refusal("access string '\(access)' is not a row of numbers")
            }
            try append(step: step)
        }
        let id = try types.unqualified(root).id
        guard kind.subject == .field else {
            try takeEnumerator(of: id, in: types)
            return
        }
        accessors.append(Accessor(type: id, index: steps[0], name: nil))
        move(bytes: try types.size(of: id, pointerSize: Self.localPointerSize), times: steps[0])
        var next = id
        for step in steps.dropFirst() { next = try take(step, of: next, in: types) }
    }

    private mutating func takeEnumerator(of id: TypeID, in types: some TypeSource) throws(Refusal) {
        guard let enumeration = types.enumeration(id) else { throw Refusal("root type \(id) is no enumeration") }
        guard steps.count == 1, steps[0] < enumeration.enumerators.count else {
            throw Refusal("access string '\(access)' names no enumerator of \(enumeration.enumerators.count)")
        }
        let name = enumeration.enumerators[Int(steps[0])].name
        accessors.append(Accessor(type: id, index: steps[0], name: name))
    }

    private mutating func take(_ step: UInt32, of qualified: TypeID, in types: some TypeSource) throws(Refusal)
        -> TypeID
    {
        let (id, header) = try types.unqualified(qualified)
        if header.kind.isComposite {
            guard step < header.count else {
                throw Refusal("step \(step) of access string '\(access)' lies outside \(header.count) members")
            }
            let member = types.members(of: id)[Int(step)]
            bitOffset &+= member.bitOffset
            if !member.name.isEmpty { accessors.append(Accessor(type: id, index: step, name: member.name)) }
            return member.type
        }
        guard let array = types.array(id) else {
            throw Refusal("access string '\(access)' goes into a \(header.kind.standardName)")
        }
        guard step < array.count || endsInFlexibleArray(array, in: types) else {
            throw Refusal("step \(step) of access string '\(access)' lies outside \(array.count) elements")
        }
        let element = try types.unqualified(array.element).id
        accessors.append(Accessor(type: element, index: step, name: nil))
        move(bytes: try types.size(of: element, pointerSize: Self.localPointerSize), times: step)
        return element
    }
}

// MARK: - Readable form

extension AccessSpec {
    /// The path as a programmer would write it: `task_struct.comm[2]`, `pid_type::PIDTYPE_TGID`, `struct task_struct`.
    ///
    /// Cut off where names make it longer than anyone reads.
    func path(in types: some TypeSource, kind: RelocationKind) -> String {
        let longest = 1024
        let name = types.string(at: types.header(of: root).name, limit: longest)
        let rootName = name.isEmpty ? "<anonymous>" : name
        switch kind.subject {
        case .type:
            return types.describe(root)
        case .enumerator:
            guard let name = accessors.first?.name else { return rootName }
            return "\(rootName)::\(types.string(at: name, limit: longest))"
        case .field:
            var path = rootName
            for (index, accessor) in accessors.enumerated() where path.utf8.count < longest {
                if let name = accessor.name {
                    path += ".\(types.string(at: name, limit: longest))"
                } else if index > 0 || accessor.index > 0 {
                    path += "[\(accessor.index)]"
                }
            }
            return path
        }
    }
}

extension TypeSource {
    /// A type's keyword and name, as C has them: `struct task_struct`.
    func describe(_ id: TypeID) -> String {
        let header = header(of: id)
        let name = string(at: header.name, limit: 1024)
        let shown = name.isEmpty ? "<anonymous>" : name
        switch header.kind {
        case .structure: return "struct \(shown)"
        case .union: return "union \(shown)"
        case .enumeration, .enumeration64: return "enum \(shown)"
        case .forward: return "\(header.kindFlag ? "union" : "struct") \(shown)"
        case .void: return "void"
        default: return shown
        }
    }
}
