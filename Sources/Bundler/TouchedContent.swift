internal import BTF
internal import HubStore
internal import Minimizer

/// What a kernel's BTF says about all that a solution touched, as a digest: kernels of equal digests share the solution.
///
/// Of the members of structs and unions those count that relocations name, those without a name, and which is the last.
/// A reference to a type with a name counts as its kind, its name, whether it is vmlinux's or the module's own and, where
/// the solution touched it, which of the types of that name it is. Types without a name are described with what refers to them.
struct TouchedContent<Source: TypeSource> {
    private let types: Source
    /// The names of the members that matter; nil for all.
    private let memberNames: Set<StringOffset>?
    private let named: [TouchedTypes.NamedType: [TypeID]]
    /// Where a touched type stands among those of its kind and name.
    private var places: [TypeID: Int] = [:]
    private var text: [UInt8] = []

    /// All types that were looked at.
    private var visited: Set<TypeID> = []

    /// The most bytes that are digested; a few ten kilobytes are usual.
    private static var limit: Int { 64 << 20 }

    /// Digests what was touched.
    ///
    /// - Parameters:
    ///   - touched: what a solution touched.
    ///   - kernel: a kernel's types.
    ///   - memberNames: the names of the members that matter, as `RelocationSolver.memberNames` has them; nil for all.
    /// - Returns: the digest, and the types of vmlinux that it says something of; nil where types without a name make it
    ///   too long.
    static func digest(
        of touched: TouchedTypes,
        in kernel: KernelTypeSources<Source>,
        members memberNames: Set<[UInt8]>?
    ) -> (digest: ContentDigest, types: Set<TypeID>)? {
        var vmlinux = TouchedContent(touched, kernel.vmlinux, memberNames)
        guard vmlinux.describe(touched) else { return nil }
        var text = vmlinux.text
        for module in kernel.modules {
            var own = TouchedContent(touched, module.types, memberNames, over: vmlinux.places)
            guard own.describe(touched) else { return nil }
            text += [kernel.isMerged ? 8 : 9] + framed(module.name.utf8) + own.text
            guard text.count <= limit else { return nil }
        }
        return (ContentDigest(of: text), vmlinux.visited)
    }

    /// Looks up what was touched among a part's own types; `base` has the places of those that it builds on.
    private init(
        _ touched: TouchedTypes,
        _ types: Source,
        _ memberNames: Set<[UInt8]>?,
        over base: [TypeID: Int] = [:]
    ) {
        self.types = types
        self.memberNames = memberNames.map(types.offsets(of:))
        places = base
        let names = touched.essentialNames.union(touched.types.map { Array(EssentialName.of($0.name)) })
            .sorted { $0.lexicographicallyPrecedes($1) }
        let found = types.ids(withEssentialNames: names, ofKinds: Set(Kind.allCases))
        var named: [TouchedTypes.NamedType: [TypeID]] = [:]
        for (name, ids) in zip(names, found) {
            let isLookedUp = touched.essentialNames.contains(name)
            if isLookedUp { text += [2] + Self.framed(name) }
            for id in ids {
                let header = types.header(of: id)
                let type = TouchedTypes.NamedType(kind: header.kind, name: Array(types.bytes(at: header.name)))
                if isLookedUp { text += [UInt8(type.kind.rawValue)] + Self.framed(type.name) }
                guard touched.types.contains(type) else { continue }
                places[id] = named[type]?.count ?? 0
                named[type, default: []].append(id)
            }
        }
        self.named = named
    }

    private mutating func describe(_ touched: TouchedTypes) -> Bool {
        text.append(types.byteOrder == .littleEndian ? 0 : 1)
        let sorted = touched.types.sorted { one, other in
            one.kind == other.kind
                ? one.name.lexicographicallyPrecedes(other.name) : one.kind.rawValue < other.kind.rawValue
        }
        for type in sorted {
            text += [3, UInt8(type.kind.rawValue)] + Self.framed(type.name)
            for id in named[type] ?? [] { guard describe(id) else { return false } }
        }
        return true
    }

    /// Describes a type and the types without a name that it leads to, in the order in which it does.
    private mutating func describe(_ root: TypeID) -> Bool {
        var numbers: [TypeID: Int] = [:]
        var waiting = [root]
        var next = 0
        while next < waiting.count {
            visited.insert(waiting[next])
            text += [4, UInt8(types.header(of: waiting[next]).kind.rawValue)]
            append(waiting[next], &numbers, &waiting)
            next += 1
            guard text.count <= Self.limit else { return false }
        }
        return true
    }

    private mutating func append(_ id: TypeID, _ numbers: inout [TypeID: Int], _ waiting: inout [TypeID]) {
        func refer(_ id: TypeID) {
            let header = types.header(of: id)
            if id == .void {
                text.append(5)
            } else if header.name.isEmpty || header.kind == .typeTag {
                let number = numbers[id] ?? waiting.count
                if number == waiting.count {
                    numbers[id] = number
                    waiting.append(id)
                }
                text.append(6)
                word(number)
            } else {
                text += [id < types.firstID ? 10 : 7, UInt8(header.kind.rawValue)]
                name(header.name)
                word(places[id] ?? 0)
            }
        }
        func word(_ value: some BinaryInteger) {
            for shift in 0..<8 { text.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
        }
        func name(_ offset: StringOffset) { text += Self.framed(types.bytes(at: offset)) }
        let header = types.header(of: id)
        if header.kind.isComposite {
            // Decoding all members of a large struct would cost more than all else.
            name(header.name)
            word(header.sizeOrType)
            let members = types.members(of: id)
            for (index, member) in members.enumerated()
            where memberNames?.contains(member.name) ?? true || member.name.isEmpty {
                name(member.name)
                refer(member.type)
                word(member.bitOffset)
                word(member.bitfieldSize)
                // An array that is the last member may be of any length.
                text.append(index == members.count - 1 ? 1 : 0)
            }
            return
        }
        switch types[id] {
        case .void, .composite: return
        case .int(let int):
            name(int.name)
            for value in [int.size, UInt32(int.encoding.rawValue), UInt32(int.bitOffset), UInt32(int.bits)] {
                word(value)
            }
        case .pointer(let target), .volatile(let target), .const(let target), .restrict(let target): refer(target)
        case .array(let array):
            refer(array.element)
            refer(array.index)
            word(array.count)
        case .enumeration(let enumeration):
            name(enumeration.name)
            word(enumeration.size)
            word(enumeration.isSigned ? 1 : 0)
            for enumerator in enumeration.enumerators {
                name(enumerator.name)
                word(enumerator.value)
            }
        case .forward(let offset, let isUnion):
            name(offset)
            word(isUnion ? 1 : 0)
        case .typedef(let offset, let target):
            name(offset)
            refer(target)
        case .typeTag(let offset, let target, let isAttribute):
            name(offset)
            refer(target)
            word(isAttribute ? 1 : 0)
        case .float(let offset, let size):
            name(offset)
            word(size)
        case .functionPrototype(let prototype):
            refer(prototype.result)
            for parameter in prototype.parameters {
                name(parameter.name)
                refer(parameter.type)
            }
        case .function(let function):
            name(function.name)
            refer(function.prototype)
            word(function.linkage.rawValue)
        case .variable(let variable):
            name(variable.name)
            refer(variable.type)
            word(variable.linkage.rawValue)
        case .dataSection(let section):
            name(section.name)
            word(section.size)
            for entry in section.entries {
                refer(entry.variable)
                word(entry.offset)
                word(entry.size)
            }
        case .declarationTag(let tag):
            name(tag.name)
            refer(tag.target)
            word(tag.component)
            word(tag.isAttribute ? 1 : 0)
        }
    }

    /// A name with its length before it, so that names do not run into each other.
    private static func framed(_ name: some Collection<UInt8>) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: name.count >> (8 * $0)) } + name
    }
}
