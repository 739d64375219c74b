import BTF
import Foundation

/// Makes the BTF of a kernel that is related to another.
///
/// What changes is what does from one of Debian's kernels to the next: functions that come, go and change, members that
/// are put into structs, longer arrays, new structs.
enum Mutation {
    /// A change to one type, or to the few that come together.
    private enum Change: Hashable {
        case insertMember, renameFunction, lengthenArray, addFunction, addStruct

        /// How many types are new or changed.
        var types: Int { self == .addStruct ? 4 : 1 }
    }

    /// Changes a BTF.
    ///
    /// - Parameters:
    ///   - count: how many types are to be new or changed.
    ///   - btf: a kernel's BTF in canonical form.
    ///   - generator: decides what changes.
    /// - Returns: the other kernel's, in canonical form.
    /// - Throws: `BTFError` when a struct outgrows the format.
    static func changing(_ count: Int, of btf: BTF, using generator: inout SplitMix) throws -> BTF {
        let structs = candidates(.structure, in: btf)
        let functions = candidates(.function, in: btf)
        let arrays = rareArrays(in: btf)
        var changes: [TypeID: Change] = [:]
        var added: [Change] = []
        var types = 0
        while types < count {
            let change: Change
            var candidates: [TypeID] = []
            switch Int.random(in: 0..<100, using: &generator) {
            case ..<35: (change, candidates) = (.insertMember, structs)
            case ..<70: (change, candidates) = (.renameFunction, functions)
            case ..<75: (change, candidates) = (.lengthenArray, arrays)
            case ..<92: change = .addFunction
            default: change = .addStruct
            }
            if let id = candidates.randomElement(using: &generator) {
                if changes.updateValue(change, forKey: id) == nil { types += change.types }
            } else {
                added.append(change)
                types += change.types
            }
        }
        var builder = BTFBuilder(byteOrder: btf.byteOrder)
        builder.reserve(types: btf.typeCount + 3 * added.count)
        let pointers = candidates(.pointer, in: btf)
        for id in btf.ids {
            let type = btf[id].mapping(type: { $0 }, name: { builder.intern(bytes: btf.bytes(at: $0)) })
            switch changes[id] {
            case .insertMember:
                builder.add(insertMember(into: type, pointers, &builder, &generator))
            case .renameFunction:
                guard case .function(var function) = type else { continue }
                let number = UInt32.random(in: 0..<1 << 24, using: &generator)
                function.name = builder.intern("\(btf.name(of: id))_\(number)")
                builder.add(.function(function))
            case .lengthenArray:
                guard case .array(var array) = type else { continue }
                array.count = array.count < 1 << 20 ? array.count + 1 : array.count
                builder.add(.array(array))
            default:
                builder.add(type)
            }
        }
        for change in added { add(change, to: &builder, functions, pointers, of: btf, &generator) }
        return try builder.build().canonicalized()
    }

    private static func candidates(_ kind: Kind, in btf: BTF) -> [TypeID] {
        btf.ids.filter { btf.kind(of: $0) == kind }
    }

    /// The arrays that one member alone has: a longer `char[16]` would change hundreds of structs at once.
    private static func rareArrays(in btf: BTF) -> [TypeID] {
        var uses: [TypeID: Int] = [:]
        for id in btf.ids {
            for member in btf.members(of: id) { uses[member.type, default: 0] += 1 }
        }
        return candidates(.array, in: btf).filter { uses[$0] == 1 }
    }

    private static func insertMember(
        into type: BTFType,
        _ pointers: [TypeID],
        _ builder: inout BTFBuilder,
        _ generator: inout SplitMix
    ) -> BTFType {
        guard case .composite(var composite) = type, composite.size < 1 << 20, composite.members.count < 1 << 15,
            let pointer = pointers.randomElement(using: &generator)
        else { return type }
        let place = Int.random(in: 0...composite.members.count, using: &generator)
        let offset = place < composite.members.count ? composite.members[place].bitOffset : composite.size * 8
        for index in composite.members.indices where index >= place { composite.members[index].bitOffset += 64 }
        let name = builder.intern("grown_\(UInt32.random(in: 0..<1 << 24, using: &generator))")
        composite.members.insert(.init(name: name, type: pointer, bitOffset: offset), at: place)
        composite.size += 8
        return .composite(composite)
    }

    private static func add(
        _ change: Change,
        to builder: inout BTFBuilder,
        _ functions: [TypeID],
        _ pointers: [TypeID],
        of btf: BTF,
        _ generator: inout SplitMix
    ) {
        let number = UInt32.random(in: 0..<1 << 24, using: &generator)
        guard let pointer = pointers.randomElement(using: &generator) else { return }
        if change == .addStruct {
            let members = (0..<UInt32(3)).map { index in
                BTFType.Member(name: builder.intern("part_\(index)"), type: pointer, bitOffset: index * 64)
            }
            let name = builder.intern("grown_struct_\(number)")
            let id = builder.add(.composite(.init(isUnion: false, name: name, size: 24, members: members)))
            let target = builder.add(.pointer(id))
            let parameter = BTFType.Parameter(name: builder.intern("one"), type: target)
            let prototype = builder.add(.functionPrototype(.init(result: .void, parameters: [parameter])))
            builder.add(.function(.init(name: builder.intern("use_\(number)"), prototype: prototype, linkage: .static)))
        } else if let sibling = functions.randomElement(using: &generator), case .function(let function) = btf[sibling]
        {
            let name = builder.intern("\(btf.name(of: sibling))_\(number)")
            builder.add(.function(.init(name: name, prototype: function.prototype, linkage: .static)))
        }
    }
}
