import BTF
import Foundation
import Testing

@Suite("Parsing")
struct ParsingTests {
    @Test("what compilers write is read, and written again byte for byte", arguments: ["bpf", "bpfeb"])
    func roundTrip(target: String) throws {
        let bytes = try Fixture.clang(Fixture.zoo, target: target)
        let btf = try BTF(parsing: bytes)
        #expect(btf.byteOrder == (target == "bpf" ? .littleEndian : .bigEndian))
        #expect(btf.serialized() == bytes)
    }

    @Test("types come out as the source has them", arguments: ["bpf", "bpfeb"])
    func contents(target: String) throws {
        let btf = try BTF(parsing: Fixture.clang(Fixture.zoo, target: target))
        let zoo = try #require(btf.first(.structure, "zoo"))
        guard case .composite(let composite) = btf[zoo] else {
            Issue.record("zoo is no struct")
            return
        }
        #expect(composite.members.map { btf.string(at: $0.name) }.prefix(4) == ["bits_a", "bits_b", "bits_c", "text"])
        #expect(composite.members.prefix(3).map(\.bitfieldSize) == [3, 5, 40])
        #expect(composite.members == Array(btf.members(of: zoo)))
    }

    @Test("enumerators have the signs that the source gives them")
    func signs() throws {
        // clang states no signs before version 15.
        let btf = try BTF(parsing: Fixture.pahole(Fixture.zoo))
        guard case .enumeration(let negative) = btf[try #require(btf.first(.enumeration, "negative"))] else {
            Issue.record("negative is no enum")
            return
        }
        #expect(negative.isSigned)
        #expect(negative.enumerators.map(\.value) == [-3, -2])
    }

    @Test("a longer header is skipped, as its length says")
    func longerHeader() throws {
        var bytes = try Fixture.clang(Fixture.zoo)
        let plain = try BTF(parsing: bytes)
        bytes[4] = 32
        bytes.insert(contentsOf: [1, 2, 3, 4, 5, 6, 7, 8], at: 24)
        let longer = try BTF(parsing: bytes)
        #expect(longer.serialized() == plain.serialized())
    }

    @Test(
        "data cut off anywhere is refused with its place, or is whole without the cut part",
        arguments: ["bpf", "bpfeb"]
    )
    func truncation(target: String) throws {
        let bytes = try Fixture.clang(Fixture.zoo, target: target)
        for length in 0..<bytes.count {
            #expect(throws: BTFError.self, "cut to \(length) bytes") { try BTF(parsing: Array(bytes[..<length])) }
        }
    }

    @Test("split BTF sees its base's types and strings")
    func split() throws {
        let base = try BTF(parsing: Fixture.pahole(Fixture.zoo))
        let module = "\(Fixture.zoo)\nstruct only_here { struct zoo *zoo; struct node node; };"
        let bytes = try Fixture.pahole(module, base: base.serialized())
        let split = try BTF(parsing: bytes, base: base)
        #expect(split.serialized() == bytes)
        #expect(split.firstID == base.endID)
        let own = try #require(split.first(.structure, "only_here"))
        let node = split.members(of: own)[1]
        #expect(split.string(at: node.name) == "node")
        #expect(node.type < base.endID)
        #expect(split.name(of: node.type) == "node")
    }

    @Test("split BTF without its base, or with one of the other byte order, is refused")
    func wrongBase() throws {
        let base = try BTF(parsing: Fixture.pahole(Fixture.zoo))
        let bytes = try Fixture.pahole(
            "\(Fixture.zoo)\nstruct only_here { struct zoo *zoo; };",
            base: base.serialized()
        )
        #expect(throws: BTFError.self) { try BTF(parsing: bytes) }
        let bigEndian = try BTF(parsing: Fixture.clang(Fixture.zoo, target: "bpfeb"))
        #expect(throws: BTFError.self) { try BTF(parsing: bytes, base: bigEndian) }
    }

    @Test("faults are named with section, offset and reason")
    func faults() throws {
        func fault(_ change: (inout [UInt8]) -> Void) throws -> String {
            var bytes = try Fixture.clang("int x;")
            change(&bytes)
            do throws(BTFError) { _ = try BTF(parsing: bytes) } catch { return error.description }
            return "none"
        }
        #expect(try fault { $0[0] = 0 } == "BTF header, offset 0: there is no BTF magic 0xeb9f")
        #expect(try fault { $0[2] = 9 } == "BTF header, offset 2: version 9 is not known, only 1")
        #expect(try fault { $0[4] = 23 }.hasPrefix("BTF header, offset 4: a header of 23 bytes"))
        #expect(try fault { $0[27] = 0xff }.contains("lies outside the strings"))
        #expect(try fault { $0[31] = 31 }.contains("kind 31 is not known"))
        #expect(try fault { $0[$0.count - 1] = 1 }.contains("the last string has no end"))
    }
}
