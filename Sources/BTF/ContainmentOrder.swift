/// The types of a BTF and its base, each behind all that it contains by value.
///
/// A type contains what it modifies or names, an array its elements, a struct or union its members, a variable its
/// type; a pointer and a prototype contain nothing.
struct ContainmentOrder {
    /// All ids but void's, and but the base's where it is left out, contained types first.
    private(set) var ids: [TypeID] = []
    /// The types, in ascending order, that contain themselves through a type that they contain directly.
    private(set) var cyclic: [TypeID] = []

    private enum State: UInt8 { case new, active, done }

    /// Orders the types of a BTF.
    ///
    /// - Parameters:
    ///   - btf: the BTF.
    ///   - isBaseLeftOut: whether only own types are ordered.
    init(of btf: BTF, isBaseLeftOut: Bool = false) {
        let settled = isBaseLeftOut ? Int(btf.firstID.rawValue) : 1
        var states = [State](repeating: .done, count: settled)
        states.append(contentsOf: repeatElement(.new, count: Int(btf.endID.rawValue) - settled))
        ids.reserveCapacity(states.count)
        // A stack of its own, because chains may be as long as the input.
        var stack: [TypeID] = []
        for root in states.indices where states[root] == .new {
            stack.append(TypeID(UInt32(root)))
            while let id = stack.last {
                switch states[Int(id.rawValue)] {
                case .new:
                    states[Int(id.rawValue)] = .active
                    var isCyclic = false
                    btf.forEachContained(in: id) { contained in
                        switch states[Int(contained.rawValue)] {
                        case .new: stack.append(contained)
                        case .active: isCyclic = true
                        case .done: break
                        }
                    }
                    if isCyclic { cyclic.append(id) }
                case .active:
                    states[Int(id.rawValue)] = .done
                    ids.append(id)
                    stack.removeLast()
                case .done:
                    stack.removeLast()
                }
            }
        }
        cyclic.sort()
    }
}

extension BTF {
    /// Hands out each type that a type contains by value.
    func forEachContained(in id: TypeID, _ body: (TypeID) -> Void) {
        let header = header(of: id)
        switch header.kind {
        case .typedef, .volatile, .const, .restrict, .typeTag, .variable: body(header.type)
        case .array: if let element = arrayParts(of: id)?.element { body(element) }
        case .structure, .union: for member in members(of: id) { body(member.type) }
        default: break
        }
    }
}

extension TypeSource {
    /// What an array holds, or nil for any other kind.
    func arrayParts(of id: TypeID) -> BTFType.Array? {
        guard case .array(let array) = self[id] else { return nil }
        return array
    }

    /// The bits that a member takes when it is a bitfield, or nil when it is none.
    ///
    /// Without kind_flag, a bitfield is a member whose INT has an offset or fewer bits than its bytes.
    ///
    /// - Parameters:
    ///   - member: the member.
    ///   - statesSizes: its struct's kind_flag.
    /// - Returns: the first bit, from the struct's start, and the number of bits.
    func bitfield(of member: BTFType.Member, statesSizes: Bool) -> (offset: UInt64, width: UInt64)? {
        if statesSizes {
            return member.bitfieldSize == 0 ? nil : (UInt64(member.bitOffset), UInt64(member.bitfieldSize))
        }
        guard case .int(let int) = self[member.type],
            int.bitOffset != 0 || UInt64(int.bits) != UInt64(int.size) * 8
        else { return nil }
        return (UInt64(member.bitOffset) + UInt64(int.bitOffset), UInt64(int.bits))
    }
}
