/// The number of a type in a BTF: 0 is void, the first type is 1, and split BTF goes on where its base ends.
public struct TypeID: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The number as the format stores it.
    public let rawValue: UInt32

    /// Makes an id from its number.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Makes an id from its number.
    @inlinable
    public init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// The id of void, which no record stands for.
    public static let void = TypeID(0)

    /// Orders ids by number.
    @inlinable
    public static func < (left: TypeID, right: TypeID) -> Bool { left.rawValue < right.rawValue }

    /// The number, in brackets as bpftool prints it.
    public var description: String { "[\(rawValue)]" }
}

/// Where a string starts: an offset in bytes into the string section, 0 being the empty string.
///
/// In split BTF, offsets below the length of the base's strings name a string of the base.
public struct StringOffset: RawRepresentable, Hashable, Sendable {
    /// The offset in bytes.
    public let rawValue: UInt32

    /// Makes an offset from its number.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The empty string: no name.
    public static let empty = StringOffset(rawValue: 0)

    /// Whether this is the empty string.
    @inlinable
    public var isEmpty: Bool { rawValue == 0 }
}
