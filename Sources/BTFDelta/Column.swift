/// The columns that a delta's numbers are sorted into, so that like stands beside like when they are compressed.
///
/// The raw values are part of the format and must not change.
enum Column: Int, CaseIterable {
    /// Script of the strings: how many to take over, to leave out, to insert.
    case stringScript
    /// How many bytes an inserted string shares with the one before it.
    case stringPrefix
    /// What follows these bytes, with the terminator.
    case stringSuffix
    /// Script of the types: operation and count.
    case typeScript
    /// Where in the base an operation starts, counted from where the last one ended.
    case typeSource
    /// Kind and kind_flag.
    case kind
    case typeName
    case compositeCount
    case enumerationCount
    case parameterCount
    case otherCount
    case size
    case prototype
    case pointee
    case modified
    case aliased
    case result
    case otherType
    case memberName
    case memberType
    case memberOffset
    case parameterName
    case parameterType
    case enumeratorName
    case enumeratorValue
    case enumeratorHighValue
    case sectionVariable
    case sectionOffset
    case sectionSize
    case arrayElement
    case arrayIndex
    case arrayCount
    case other
    /// Script of the elements of a patched type: how many of the base's to leave out, to insert, to take over.
    case elementScript
    case patchedInfo
    case patchedName
    case patchedHeader
    case patchedType
    case patchedValue
}
