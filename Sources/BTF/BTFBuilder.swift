/// Collects types and strings and makes a BTF of them.
///
/// Ids are given in the order of adding, and a type may refer to one that is added later; `build()` checks.
public struct BTFBuilder {
    private let base: BTF?
    private let byteOrder: ByteOrder
    private var words: [UInt32] = []
    private var starts: [UInt32] = []
    private var strings: StringTable
    /// The first fault, kept until `build()` so that adding needs no `try`.
    private var fault: BTFError?

    /// Makes an empty builder.
    ///
    /// - Parameters:
    ///   - byteOrder: the order that the data is to be written in.
    ///   - base: the BTF to go on from, for split BTF.
    public init(byteOrder: ByteOrder, base: BTF? = nil) {
        self.byteOrder = base?.byteOrder ?? byteOrder
        self.base = base
        strings = StringTable(base: base)
    }

    /// The id that the next type gets.
    public var nextID: TypeID { TypeID((base?.endID.rawValue ?? 1) + UInt32(starts.count)) }

    /// The offset of a string, which is added when it is new.
    public mutating func intern(_ string: String) -> StringOffset { strings.intern(string.utf8) }

    /// The offset of a string, which is added when it is new.
    ///
    /// - Parameter bytes: the string's bytes, without a terminator.
    /// - Returns: where the string starts.
    public mutating func intern(bytes: some Collection<UInt8>) -> StringOffset { strings.intern(bytes) }

    /// Makes room for what is to come.
    ///
    /// - Parameter types: how many types to expect.
    public mutating func reserve(types: Int) {
        starts.reserveCapacity(types + 1)
        words.reserveCapacity(types * 8)
    }

    /// Adds a type.
    ///
    /// - Parameter type: the type, its names interned here; void is not one that can be added.
    /// - Returns: its id.
    @discardableResult
    public mutating func add(_ type: BTFType) -> TypeID {
        let id = nextID
        starts.append(UInt32(words.count))
        switch type {
        case .void:
            note("void is no record")
        case .int(let int):
            begin(.int, name: int.name, int.size)
            words.append(UInt32(int.encoding.rawValue) << 24 | UInt32(int.bitOffset) << 16 | UInt32(int.bits))
        case .pointer(let target): begin(.pointer, target.rawValue)
        case .array(let array):
            begin(.array, 0)
            words += [array.element.rawValue, array.index.rawValue, array.count]
        case .composite(let composite): add(composite)
        case .enumeration(let enumeration): add(enumeration)
        case .forward(let name, let isUnion): begin(.forward, flag: isUnion, name: name, 0)
        case .typedef(let name, let target): begin(.typedef, name: name, target.rawValue)
        case .volatile(let target): begin(.volatile, target.rawValue)
        case .const(let target): begin(.const, target.rawValue)
        case .restrict(let target): begin(.restrict, target.rawValue)
        case .function(let function):
            begin(.function, count: Int(function.linkage.rawValue), name: function.name, function.prototype.rawValue)
        case .functionPrototype(let prototype):
            begin(.functionPrototype, count: prototype.parameters.count, prototype.result.rawValue)
            for parameter in prototype.parameters {
                words.append(parameter.name.rawValue)
                words.append(parameter.type.rawValue)
            }
        case .variable(let variable):
            begin(.variable, name: variable.name, variable.type.rawValue)
            words.append(variable.linkage.rawValue)
        case .dataSection(let section):
            begin(.dataSection, count: section.entries.count, name: section.name, section.size)
            for entry in section.entries { words += [entry.variable.rawValue, entry.offset, entry.size] }
        case .float(let name, let size): begin(.float, name: name, size)
        case .declarationTag(let tag):
            begin(.declarationTag, flag: tag.isAttribute, name: tag.name, tag.target.rawValue)
            words.append(UInt32(bitPattern: tag.component))
        case .typeTag(let name, let target, let isAttribute):
            begin(.typeTag, flag: isAttribute, name: name, target.rawValue)
        }
        return id
    }

    /// Makes a BTF of what was added.
    ///
    /// - Returns: the BTF, its types in the order of adding.
    /// - Throws: `BTFError` when a type cannot be written (over 65,535 members, a bit offset over 24 bits beside
    ///   bitfields) or refers to one that was never added.
    public consuming func build() throws(BTFError) -> BTF {
        if let fault { throw fault }
        starts.append(UInt32(words.count))
        return try BTF(
            checking: .init(base: base, byteOrder: byteOrder, words: words, starts: starts, strings: strings.bytes)
        )
    }
}

// MARK: - Records

extension BTFBuilder {
    private mutating func begin(
        _ kind: Kind,
        count: Int = 0,
        flag: Bool = false,
        name: StringOffset = .empty,
        _ sizeOrType: UInt32
    ) {
        if count > 0xffff { note("a \(kind.standardName) cannot have \(count) parts, only 65535") }
        words.append(name.rawValue)
        words.append((flag ? 1 << 31 : 0) | UInt32(kind.rawValue) << 24 | UInt32(truncatingIfNeeded: count) & 0xffff)
        words.append(sizeOrType)
    }

    private mutating func add(_ composite: BTFType.Composite) {
        begin(
            composite.isUnion ? .union : .structure,
            count: composite.members.count,
            flag: composite.statesBitfieldSizes,
            name: composite.name,
            composite.size
        )
        for member in composite.members {
            words.append(member.name.rawValue)
            words.append(member.type.rawValue)
            if composite.statesBitfieldSizes {
                if member.bitOffset > 0xff_ffff { note("bit offset \(member.bitOffset) does not fit 24 bits") }
                words.append(UInt32(member.bitfieldSize) << 24 | member.bitOffset & 0xff_ffff)
            } else {
                words.append(member.bitOffset)
            }
        }
    }

    private mutating func add(_ enumeration: BTFType.Enumeration) {
        begin(
            enumeration.is64Bit ? .enumeration64 : .enumeration,
            count: enumeration.enumerators.count,
            flag: enumeration.isSigned,
            name: enumeration.name,
            enumeration.size
        )
        for enumerator in enumeration.enumerators {
            let bits = UInt64(bitPattern: enumerator.value)
            words.append(enumerator.name.rawValue)
            words.append(UInt32(truncatingIfNeeded: bits))
            if enumeration.is64Bit { words.append(UInt32(bits >> 32)) }
        }
    }

    private mutating func note(_ reason: String) {
        if fault == nil { fault = BTFError(.types, offset: words.count * 4, reason) }
    }
}
