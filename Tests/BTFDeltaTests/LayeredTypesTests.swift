import BTF
import BTFDelta
import TestSupport
import Testing

@Suite("Types read through deltas")
struct LayeredTypesTests {
    /// Kernels, each of which differs from the one before: types come, go, and change.
    private static let kernels = Result {
        try (0..<5).map { number in
            let added = number > 1 ? "long added;" : ""
            var source = "struct task_struct { int pid; \(added) struct task_struct *parent; };\n"
            for part in 0..<60 where part % 9 != number {
                let changed = part % 7 == number ? "unsigned flags_\(part) : 3;" : ""
                source += """
                    enum mode_\(part) { none_\(part), some_\(part) = \(part + number) };
                    struct part_\(part) {
                        int kind_\(part); \(changed) struct task_struct *owner; enum mode_\(part) mode;
                    };
                    struct part_\(part)___old {
                        union { long x; char name[\(8 + number)]; }; int (*call)(struct part_\(part) *);
                    };
                    struct part_\(part) value_\(part); struct part_\(part)___old old_\(part);
                    int run_\(part)(struct part_\(part) *p) { return p->owner->pid; }

                    """
            }
            return try BTF(parsing: CompiledBTF.compile(source)).canonicalized()
        }
    }

    private struct Delta {
        let bytes: [UInt8]
        let script: TypeScript
    }

    private static func delta(_ target: BTF, from base: BTF) throws -> Delta {
        let (one, other) = (try #require(TypeTable(base)), try #require(TypeTable(target)))
        let bytes = try BTFDelta.Delta.encode(other, from: one).bytes
        return Delta(bytes: bytes, script: try TypeScript(of: bytes))
    }

    private static func whole(_ btf: BTF) throws -> LayeredTypes {
        let table = try #require(TypeTable(btf))
        return try #require(LayeredTypes(table))
    }

    /// Holds all that can be read of some types against the same in a whole BTF.
    private func expect(_ layered: LayeredTypes, equals btf: BTF) {
        #expect(layered.byteOrder == btf.byteOrder && layered.firstID == btf.firstID)
        for id in btf.ids {
            let (one, other) = (layered.header(of: id), btf.header(of: id))
            #expect(one.kind == other.kind && one.kindFlag == other.kindFlag && one.count == other.count)
            #expect(one.sizeOrType == other.sizeOrType)
            #expect(layered.bytes(at: one.name).elementsEqual(btf.bytes(at: other.name)))
            #expect(layered.bytes(at: one.name, limit: 3).elementsEqual(btf.bytes(at: other.name, limit: 3)))
            let names = layered.members(of: id).map { Array(layered.bytes(at: $0.name)) }
            #expect(names == btf.members(of: id).map { Array(btf.bytes(at: $0.name)) })
            #expect(layered.members(of: id).map(\.type) == btf.members(of: id).map(\.type))
            #expect(layered.members(of: id).map(\.bitOffset) == btf.members(of: id).map(\.bitOffset))
            #expect(layered.members(of: id).map(\.bitfieldSize) == btf.members(of: id).map(\.bitfieldSize))
            #expect(self.values(of: layered[id]) == values(of: btf[id]))
        }
        let names = ((0..<60).map { "part_\($0)" } + ["task_struct", "int", "absent", "z"]).map { Array($0.utf8) }
        for kinds in [Set(Kind.allCases), [.structure]] {
            let ids = layered.ids(withEssentialNames: names, ofKinds: kinds)
            #expect(ids == btf.ids(withEssentialNames: names, ofKinds: kinds))
        }
        let strings = Set(["pid", "added", "flags_3", "some_59", "absent"].map { Array($0.utf8) })
        let found = layered.offsets(of: strings).map { Array(layered.bytes(at: $0)) }
        #expect(Set(found) == Set(btf.offsets(of: strings).map { Array(btf.bytes(at: $0)) }))
        #expect(!found.isEmpty && found.count < strings.count)
        #expect(!layered.isDamaged)
    }

    /// What a type says apart from its name.
    private func values(of type: BTFType) -> [Int64] {
        switch type {
        case .int(let int): [Int64(int.size), Int64(int.bits), Int64(int.encoding.rawValue)]
        case .array(let array): [Int64(array.element.rawValue), Int64(array.count)]
        case .enumeration(let enumeration): enumeration.enumerators.map(\.value)
        case .functionPrototype(let prototype):
            [Int64(prototype.result.rawValue)] + prototype.parameters.map { Int64($0.type.rawValue) }
        case .dataSection(let section): section.entries.map { Int64($0.variable.rawValue) << 32 | Int64($0.offset) }
        default: []
        }
    }

    @Test("a kernel says the same through one delta, through a chain of them, and whole")
    func chain() throws {
        let kernels = try Self.kernels.get()
        let whole = try Self.whole(kernels[0])
        expect(whole, equals: kernels[0])
        var chain = whole
        for (base, target) in zip(kernels, kernels.dropFirst()) {
            let delta = try Self.delta(target, from: base)
            chain = try LayeredTypes(delta.bytes, delta.script, over: chain)
            expect(chain, equals: target)
            let direct = try Self.delta(target, from: kernels[0])
            expect(try LayeredTypes(direct.bytes, direct.script, over: whole), equals: target)
        }
    }

    @Test("a footprint noted through deltas is that noted on the whole BTF")
    func footprint() throws {
        let kernels = try Self.kernels.get()
        let delta = try Self.delta(kernels[1], from: kernels[0])
        let whole = try Self.whole(kernels[0])
        let layered = try LayeredTypes(delta.bytes, delta.script, over: whole)
        let names = ["part_3", "task_struct", "absent", "a", "zzz"].map { Array($0.utf8) }
        let ids = kernels[1].ids(withEssentialNames: names, ofKinds: Set(Kind.allCases)).flatMap(\.self)
        let same = try Self.whole(kernels[1])
        let one = Footprint(types: ids, essentialNames: names, in: layered)
        #expect(one == Footprint(types: ids, essentialNames: names, in: same))
        let alone = Footprint(types: ids, names: names, in: layered)
        #expect(alone == Footprint(types: ids, names: names, in: same))
        #expect(alone != one)
        #expect(layered.pointerSize == kernels[1].pointerSize)
        for name in names where !name.isEmpty { #expect(layered.ids(named: name) == kernels[1].ids(named: name)) }
        #expect(!ids.isEmpty)
    }

    @Test("changed bytes of a delta are refused or read as some types, and never past their end", arguments: 0..<8)
    func damage(seed: UInt64) throws {
        let kernels = try Self.kernels.get()
        let delta = try Self.delta(kernels[3], from: kernels[0])
        let whole = try Self.whole(kernels[0])
        var generator = SeededGenerator(seed: seed)
        var refused = 0
        for _ in 0..<200 {
            var bytes = delta.bytes
            bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= UInt8.random(in: 1...255, using: &generator)
            if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
            do throws(DeltaError) {
                let script = try TypeScript(of: bytes)
                let types = try LayeredTypes(bytes, script, over: whole, limit: 1 << 20)
                for id in 1...UInt32(kernels[3].typeCount) where id <= types.endID.rawValue - 1 {
                    _ = types[TypeID(id)]
                    _ = types.members(of: TypeID(id)).map { types.bytes(at: $0.name) }
                }
                _ = types.ids(withEssentialNames: [Array("part_3".utf8)], ofKinds: [.structure])
            } catch { refused += 1 }
        }
        #expect(refused > 100)
    }

    @Test("types that are not in the order of their names are not read through deltas")
    func order() throws {
        var builder = BTFBuilder(byteOrder: .host)
        for name in ["a", "b"].map({ builder.intern($0) }).reversed() {
            builder.add(.int(.init(name: name, size: 4, encoding: .signed, bits: 32)))
        }
        let table = try #require(try TypeTable(builder.build()))
        #expect(LayeredTypes(table) == nil)
    }

    @Test("another delta's script, another base, and a cut off delta are refused")
    func mismatch() throws {
        let kernels = try Self.kernels.get()
        let delta = try Self.delta(kernels[1], from: kernels[0])
        let other = try Self.delta(kernels[2], from: kernels[1])
        let whole = try Self.whole(kernels[0])
        #expect(throws: DeltaError.self) { try LayeredTypes(delta.bytes, other.script, over: whole) }
        #expect(throws: DeltaError.self) { try LayeredTypes(other.bytes, other.script, over: whole) }
        #expect(throws: DeltaError.self) { try LayeredTypes(Array(delta.bytes.dropLast()), delta.script, over: whole) }
        #expect(throws: DeltaError.self) { try LayeredTypes(delta.bytes, delta.script, over: whole, limit: 100) }
    }
}
