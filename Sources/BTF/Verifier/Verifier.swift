/// Checks a BTF's own types, and keeps what it finds.
struct Verifier {
    let btf: BTF
    let sizes: TypeSizes
    private let order: ContainmentOrder
    private let limit: Int
    private(set) var findings: [BTF.Finding] = []

    /// BTF_MAX_TYPE of `linux/btf.h`.
    static let maximumTypeID: UInt32 = 0xf_ffff
    /// BTF_MAX_NAME_OFFSET of `linux/btf.h`.
    static let maximumNameOffset: UInt32 = 0xff_ffff

    /// Prepares for checking.
    init(of btf: BTF, over base: BTF.Layout?, limit: Int) {
        self.btf = btf
        self.limit = limit
        order = ContainmentOrder(of: btf, isBaseLeftOut: base != nil)
        sizes = TypeSizes(of: btf, in: order, over: base?.sizes)
    }

    /// Checks everything, until the limit is reached.
    mutating func run() {
        checkLimits()
        for id in order.cyclic where id >= btf.firstID { note(id, .cycles, "it contains itself") }
        for id in btf.ids {
            if isFull { return }
            let header = btf.header(of: id)
            checkReservedBits(of: id, header)
            checkName(of: id, header)
            check(id, header)
        }
        checkPointerChains()
    }

    /// Whether no more findings are wanted.
    var isFull: Bool { findings.count >= limit }

    /// Keeps a finding.
    mutating func note(_ id: TypeID, _ rule: BTF.Finding.Rule, _ reason: String) {
        if !isFull { findings.append(BTF.Finding(id: id, rule: rule, reason: reason)) }
    }

    private mutating func checkLimits() {
        let last = btf.endID.rawValue - 1
        if last > Self.maximumTypeID {
            note(.void, .limits, "the last type has id \(last), over the format's \(Self.maximumTypeID)")
        }
        if btf.stringsLength > Int(Self.maximumNameOffset) + 1 {
            let reason = "the strings have \(btf.stringsLength) bytes, over the format's \(Self.maximumNameOffset + 1)"
            note(.void, .limits, reason)
        }
    }

    private mutating func check(_ id: TypeID, _ header: TypeHeader) {
        switch btf[id] {
        case .void, .forward: break
        case .int(let int): check(int, id)
        case .float(_, let size):
            if ![2, 4, 8, 12, 16].contains(size) { note(id, .sizes, "a float cannot have \(size) bytes") }
        case .enumeration(let enumeration): check(enumeration, id)
        case .pointer(let target): checkReferenced(target, by: id, allowsVoid: true)
        case .typedef(_, let target), .const(let target), .volatile(let target), .restrict(let target):
            checkReferenced(target, by: id, allowsVoid: true)
        case .typeTag(_, let target, _):
            checkReferenced(target, by: id, allowsVoid: true)
        case .array(let array): check(array, id)
        case .composite(let composite): check(composite, id)
        case .function(let function): check(function, id)
        case .functionPrototype(let prototype): check(prototype, id)
        case .variable(let variable): check(variable, id)
        case .dataSection(let section): check(section, id)
        case .declarationTag(let tag): check(tag, id)
        }
        if [.const, .volatile, .restrict].contains(header.kind), btf.kind(of: header.type) == .typeTag {
            note(id, .references, "a type tag must stand before all qualifiers")
        }
    }

    /// Finds pointers and what qualifies or names them that lead to themselves and to no type.
    private mutating func checkPointerChains() {
        enum State: UInt8 { case new, active, done }
        var states = [State](repeating: .new, count: Int(btf.endID.rawValue))
        for root in btf.ids {
            var chain: [TypeID] = []
            var id = root
            while id >= btf.firstID, states[Int(id.rawValue)] == .new {
                let header = btf.header(of: id)
                guard header.kind == .pointer || header.kind == .typedef || header.kind.isModifier else { break }
                states[Int(id.rawValue)] = .active
                chain.append(id)
                id = header.type
            }
            // Without a pointer in it, the cycle is one of containment and known.
            if states[Int(id.rawValue)] == .active,
                let start = chain.firstIndex(of: id),
                chain[start...].contains(where: { btf.kind(of: $0) == .pointer })
            {
                note(id, .cycles, "it points to itself and to no type")
            }
            for id in chain { states[Int(id.rawValue)] = .done }
        }
    }
}
