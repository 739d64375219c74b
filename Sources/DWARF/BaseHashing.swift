internal import BTF

/// Gives a BTF's types the fingerprints that a ``TypePool`` gives to the same types.
struct BaseHashing {
    private let btf: BTF
    private var fingerprints: [Fingerprint]
    private var states: [State]

    private enum State: UInt8 { case new, active, done }

    init(_ btf: BTF) {
        self.btf = btf
        fingerprints = [Fingerprint](repeating: TypePool.void, count: Int(btf.endID.rawValue))
        states = [State](repeating: .new, count: fingerprints.count)
        states[0] = .done
    }

    /// A type's fingerprint, or nil for void and for kinds that no DWARF type has.
    mutating func fingerprint(of id: UInt32) -> Fingerprint? {
        // A stack of its own, because chains may be as long as the input.
        var stack = [id]
        while let top = stack.last {
            switch states[Int(top)] {
            case .new:
                states[Int(top)] = .active
                for target in references(of: top) where states[Int(target)] == .new && nominal(target) == nil {
                    stack.append(target)
                }
            case .active:
                stack.removeLast()
                fingerprints[Int(top)] = hash(top)
                states[Int(top)] = .done
            case .done: stack.removeLast()
            }
        }
        switch btf.kind(of: TypeID(id)) {
        case .void, .variable, .dataSection, .declarationTag, .typeTag: return nil
        default: return fingerprints[Int(id)]
        }
    }

    /// What a reference to a type counts for when it counts by name, or nil when it does not.
    func nominal(_ id: UInt32) -> Fingerprint? {
        let header = btf.header(of: TypeID(id))
        if header.name.isEmpty { return nil }
        let shape: TypePool.Shape? =
            switch header.kind {
            case .structure: .structure
            case .union: .union
            case .enumeration, .enumeration64: .enumeration
            case .forward: header.kindFlag ? .union : .structure
            default: nil
            }
        return shape.map { TypeHash.nominal($0, name: name(header.name)) }
    }

    private func references(of id: UInt32) -> [UInt32] {
        switch btf[TypeID(id)] {
        case .pointer(let target), .typedef(_, let target), .volatile(let target), .const(let target),
            .restrict(let target), .typeTag(_, let target, _):
            [target.rawValue]
        case .array(let array): [array.element.rawValue]
        case .composite(let composite): composite.members.map(\.type.rawValue)
        case .functionPrototype(let prototype): [prototype.result.rawValue] + prototype.parameters.map(\.type.rawValue)
        case .function(let function): [function.prototype.rawValue]
        default: []
        }
    }

    private func name(_ offset: StringOffset) -> Fingerprint { Fingerprint(of: btf.bytes(at: offset)) }

    private func reference(_ id: TypeID) -> Fingerprint { nominal(id.rawValue) ?? fingerprints[Int(id.rawValue)] }

    /// A type's fingerprint, when those of all that it refers to are known.
    private func hash(_ id: UInt32) -> Fingerprint {
        let own = nominal(id) ?? TypePool.void
        switch btf[TypeID(id)] {
        case .int(let int):
            let detail = int.encoding.rawValue
            return TypeHash(.int, detail: detail, name: name(int.name), size: UInt64(int.size)).fingerprint
        case .float(let text, let size): return TypeHash(.float, name: name(text), size: UInt64(size)).fingerprint
        case .pointer(let target): return TypeHash(.pointer, target: reference(target)).fingerprint
        case .const(let target): return TypeHash(.const, target: reference(target)).fingerprint
        case .volatile(let target): return TypeHash(.volatile, target: reference(target)).fingerprint
        case .restrict(let target): return TypeHash(.restrict, target: reference(target)).fingerprint
        case .typedef(let text, let target):
            return TypeHash(.typedef, name: name(text), target: reference(target)).fingerprint
        case .array(let array):
            return TypeHash(.array, size: UInt64(array.count), target: reference(array.element)).fingerprint
        case .composite(let composite):
            var hash = TypeHash(
                composite.isUnion ? .union : .structure,
                name: name(composite.name),
                size: UInt64(composite.size),
                parts: composite.members.count,
                target: own
            )
            for member in composite.members {
                let (place, bits) = (UInt64(member.bitOffset), UInt64(member.bitfieldSize))
                hash.add(name: name(member.name), value: place, bitSize: bits, type: reference(member.type))
            }
            return hash.fingerprint
        case .enumeration(let enumeration):
            var hash = TypeHash(
                .enumeration,
                detail: enumeration.isSigned ? 1 : 0,
                name: name(enumeration.name),
                size: UInt64(enumeration.size),
                parts: enumeration.enumerators.count,
                target: own
            )
            for one in enumeration.enumerators {
                hash.add(name: name(one.name), value: UInt64(bitPattern: one.value), bitSize: 0, type: TypePool.void)
            }
            return hash.fingerprint
        case .functionPrototype(let prototype):
            var hash = TypeHash(.prototype, parts: prototype.parameters.count, target: reference(prototype.result))
            for one in prototype.parameters {
                hash.add(name: name(one.name), value: 0, bitSize: 0, type: reference(one.type))
            }
            return hash.fingerprint
        case .function(let function):
            return TypeHash.function(name(function.name), fingerprints[Int(function.prototype.rawValue)])
        case .typeTag(let text, let target, _):
            return TypeHash(.typeTag, name: name(text), target: reference(target)).fingerprint
        case .void, .forward, .variable, .dataSection, .declarationTag: return TypePool.void
        }
    }
}

extension TypeHash {
    /// A function's fingerprint, given those of its name and of its prototype.
    static func function(_ name: Fingerprint, _ prototype: Fingerprint) -> Fingerprint {
        TypeHash(.prototype, detail: 1, name: name, target: prototype).fingerprint
    }
}
