/// The size of each type of a BTF and its base.
struct TypeSizes: Sendable {
    /// The size of a `long`, where there is one: that of a pointer.
    private let longSize: UInt32?
    /// The base's sizes, where they were found before, and the first id behind them.
    private let base: [UInt32?]
    /// The sizes in bytes, by id; nil for what has none: void, functions, prototypes, forward declarations, sections,
    /// tags, types that contain such or themselves, and arrays of 4 GiB or more.
    private var sizes: [UInt32?]

    /// Finds the sizes.
    ///
    /// - Parameters:
    ///   - btf: the BTF.
    ///   - order: its types, contained ones first; without the base's where their sizes are given.
    ///   - known: the base's sizes.
    init(of btf: BTF, in order: ContainmentOrder, over known: TypeSizes? = nil) {
        longSize = known.map { $0.longSize ?? btf.longSize } ?? btf.base?.longSize ?? btf.longSize
        base = known?.sizes ?? []
        sizes = [UInt32?](repeating: nil, count: Int(btf.endID.rawValue) - base.count)
        for id in order.ids { sizes[Int(id.rawValue) - base.count] = size(of: id, in: btf) }
    }

    /// The size of a pointer in bytes: 4 when a `long` has four bytes, else 8.
    var pointerSize: UInt32 { longSize ?? 8 }

    /// The size of a type in bytes, or nil when it has none.
    subscript(id: TypeID) -> UInt32? {
        let index = Int(id.rawValue)
        return index < base.count ? base[index] : sizes[index - base.count]
    }

    private func size(of id: TypeID, in btf: BTF) -> UInt32? {
        let header = btf.header(of: id)
        switch header.kind {
        case .int, .float, .enumeration, .enumeration64, .structure, .union: return header.sizeOrType
        case .pointer: return pointerSize
        case .typedef, .volatile, .const, .restrict, .typeTag, .variable: return self[header.type]
        case .array:
            guard let array = btf.arrayParts(of: id), let element = self[array.element] else { return nil }
            let (size, overflows) = element.multipliedReportingOverflow(by: array.count)
            return overflows ? nil : size
        default: return nil
        }
    }
}

extension BTF {
    /// The size of a pointer in bytes, told from the first INT named as a `long`; 8 when there is none.
    ///
    /// Source: libbpf's `determine_ptr_size`.
    public var pointerSize: UInt32 {
        if let size = base?.longSize ?? longSize { return size }
        return 8
    }

    /// What C compilers call a `long`.
    ///
    /// Source: libbpf's `determine_ptr_size`.
    public static let namesOfLong: [[UInt8]] = [
        "long", "long int", "int long", "unsigned long", "long unsigned", "unsigned long int", "unsigned int long",
        "long unsigned int", "long int unsigned", "int unsigned long", "int long unsigned",
    ].map { Array($0.utf8) }

    /// The size of a `long` among the BTF's own types, where there is one.
    fileprivate var longSize: UInt32? {
        for id in ids {
            let header = header(of: id)
            guard header.kind == .int, header.sizeOrType == 4 || header.sizeOrType == 8 else { continue }
            if Self.namesOfLong.contains(Array(bytes(at: header.name))) { return header.sizeOrType }
        }
        return nil
    }
}
