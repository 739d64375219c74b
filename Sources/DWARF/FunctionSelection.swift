/// Which functions are written, and with which prototype: pahole's optimized_func and consistent_func, as of 1.30.
///
/// All entries of a name count as one function: definitions, instances that the compiler has changed, and those that
/// are inlined only. It is left out where one of them takes a parameter in a register that the calling convention does
/// not give it, and where two have prototypes that differ in more than names and `const`.
struct FunctionSelection {
    private(set) var functions: [FoundFunction] = []
    /// How many were left out because prototypes differ.
    private(set) var inconsistent = 0
    /// How many were left out because of where their parameters are.
    private(set) var misplaced = 0

    private let pool: TypePool
    /// The bytes of a register that takes a parameter.
    private let registerSize: UInt64
    /// What each prototype comes to when names and `const` do not count.
    private var outlines: [TypePool.NodeID: Fingerprint] = [:]

    /// Selects.
    ///
    /// - Parameters:
    ///   - gathered: what was found.
    ///   - registerSize: the bytes of a register that takes a parameter.
    init(_ gathered: GatheredTypes, registerSize: Int) {
        pool = gathered.pool
        self.registerSize = UInt64(registerSize)
        let sorted = gathered.functions.sorted { ($0.name, $0.prototype) < ($1.name, $1.prototype) }
        var next = 0
        while next < sorted.count {
            let name = sorted[next].name
            var candidates: [FoundFunction] = []
            while next < sorted.count, sorted[next].name == name {
                let found = sorted[next]
                if let last = candidates.last, last.prototype == found.prototype {
                    candidates[candidates.count - 1].add(found)
                } else {
                    candidates.append(found)
                }
                next += 1
            }
            candidates.removeAll { $0.uses <= 0 }
            select(among: candidates)
        }
    }

    /// Keeps one of the functions of a name, or none.
    private mutating func select(among candidates: [FoundFunction]) {
        guard let first = candidates.first else { return }
        if candidates.contains(where: { $0.isMisplaced && takesOneRegisterEach($0.prototype) }) {
            misplaced += 1
            return
        }
        if candidates.count == 1 {
            functions.append(first)
            return
        }
        let outline = outline(of: first.prototype)
        guard candidates.allSatisfy({ self.outline(of: $0.prototype) == outline }) else {
            inconsistent += 1
            return
        }
        // pahole takes the first one in the file. As a rule that is one without an address, which headers repeat in unit
        // after unit, or else the one that comes first in memory: that does not depend on the order of units.
        let chosen = candidates.min {
            let (one, two) = (pool.nodes[Int($0.prototype)].fingerprint, pool.nodes[Int($1.prototype)].fingerprint)
            return ($0.address, -$0.uses, one) < ($1.address, -$1.uses, two)
        }
        functions.append(chosen ?? first)
    }

    /// Whether counting parameters counts registers: none is a struct, or a number that is wider than a register, behind
    /// typedefs and `const`.
    private func takesOneRegisterEach(_ prototype: TypePool.NodeID) -> Bool {
        let node = pool.nodes[Int(prototype)]
        return pool.parts[Int(node.firstPart)..<Int(node.firstPart + node.partCount)].allSatisfy { part in
            var type = pool.nodes[Int(part.type)]
            // Targets always have lower numbers, so this ends.
            while type.shape == .typedef || type.shape == .const { type = pool.nodes[Int(type.target)] }
            return switch type.shape {
            case .structure: false
            case .nominal: type.detail != TypePool.Shape.structure.rawValue
            case .int, .float: type.size <= registerSize
            default: true
            }
        }
    }

    /// A hash of a type in which names of parameters and `const` do not count, and of a type with a name its kind and
    /// name alone.
    private mutating func outline(of id: TypePool.NodeID) -> Fingerprint {
        if id == 0 { return TypePool.void }
        if let known = outlines[id] { return known }
        let node = pool.nodes[Int(id)]
        if node.shape == .const { return outline(of: node.target) }
        var hash = Fingerprint(seed: UInt64(node.shape.rawValue))
        switch node.shape {
        case .const: break
        case .int, .float:
            hash.mix(pool.names.fingerprint(node.name))
            hash.mix(node.size, UInt64(node.detail))
        case .typedef: hash.mix(pool.names.fingerprint(node.name))
        case .nominal:
            hash = Fingerprint(seed: UInt64(node.detail))
            hash.mix(pool.names.fingerprint(node.name))
        // Without a name, since one with a name is referred to by a nominal record.
        case .structure, .union, .enumeration: break
        case .pointer, .volatile, .restrict, .typeTag: hash.mix(outline(of: node.target))
        case .array:
            hash.mix(outline(of: node.target))
            hash.mix(node.size, 0)
        case .prototype:
            hash.mix(outline(of: node.target))
            for part in Int(node.firstPart)..<Int(node.firstPart + node.partCount) {
                hash.mix(outline(of: pool.parts[part].type))
            }
        }
        outlines[id] = hash
        return hash
    }
}

extension FoundFunction {
    /// Takes in what another reader has found of the same function.
    fileprivate mutating func add(_ other: FoundFunction) {
        address = min(address, other.address)
        isMisplaced = isMisplaced || other.isMisplaced
        uses &+= other.uses
    }
}
