import BTF
import Foundation
import TestSupport
import Testing

@Suite("Printing")
struct DumpTests {
    /// A BTF with the kinds that this machine's compilers do not write.
    private func lateKinds() throws -> BTF {
        var builder = BTFBuilder(byteOrder: .host)
        func enumerator(_ name: String, _ value: Int64) -> BTFType.Enumerator {
            .init(name: builder.intern(name), value: value)
        }
        let signed = [enumerator("S_MIN", .min), enumerator("S_ONE", -1)]
        let unsigned = [enumerator("U_MAX", -1), enumerator("U_ONE", 1)]
        let names = (builder.intern("signed64"), builder.intern("unsigned64"), builder.intern("user"))
        let int = builder.add(.int(.init(name: builder.intern("int"), size: 4, encoding: .signed, bits: 32)))
        builder.add(.int(.init(name: builder.intern("odd"), size: 1, encoding: [.signed, .character], bits: 7)))
        builder.add(
            .enumeration(.init(name: names.0, size: 8, isSigned: true, is64Bit: true, enumerators: signed))
        )
        builder.add(
            .enumeration(.init(name: names.1, size: 8, isSigned: false, is64Bit: true, enumerators: unsigned))
        )
        builder.add(.float(name: builder.intern("float"), size: 4))
        let tag = builder.add(.typeTag(name: names.2, int, isAttribute: false))
        let pointer = builder.add(.pointer(tag))
        let variable = builder.add(.variable(.init(name: builder.intern("v"), type: pointer, linkage: .global)))
        builder.add(.declarationTag(.init(name: names.2, target: variable)))
        let entry = BTFType.SectionEntry(variable: variable, offset: 16, size: 8)
        builder.add(.dataSection(.init(name: builder.intern(".data"), size: 32, entries: [entry])))
        return try builder.build()
    }

    private func bpftool(_ btf: BTF, _ arguments: [String]) throws -> Tool.Result {
        let directory = try TemporaryDirectory()
        try Data(btf.serialized()).write(to: URL(fileURLWithPath: directory.path("a.btf")))
        var command = ["btf", "dump", "file", directory.path("a.btf")] + arguments
        if let base = btf.base {
            try Data(base.serialized()).write(to: URL(fileURLWithPath: directory.path("base.btf")))
            command = ["-B", directory.path("base.btf")] + command
        }
        return try Tool.run("bpftool", command)
    }

    private func samples(of zoo: String = Fixture.zoo) throws -> [BTF] {
        let base = try BTF(parsing: Fixture.pahole(zoo))
        let source = "\(zoo)\nstruct only_here { struct zoo *zoo; struct node node; };"
        return [
            base, try lateKinds(),
            try BTF(parsing: Fixture.clang(zoo)), try BTF(parsing: Fixture.clang(zoo, target: "bpfeb")),
            try BTF(parsing: Fixture.pahole(source, base: base.serialized()), base: base),
        ]
    }

    @Test("raw is what bpftool prints, byte for byte, split BTF too")
    func raw() throws {
        for btf in try samples() {
            #expect(try btf.dumped(as: .raw) == bpftool(btf, ["format", "raw"]).text)
        }
    }

    @Test("JSON says what bpftool's says")
    func json() throws {
        // bpftool 7.1 extends the sign of a value that clang 14 leaves unsigned.
        for btf in try samples(of: Fixture.zoo.replacingOccurrences(of: "= -3", with: "= 3")) {
            let ours = try JSONSerialization.jsonObject(with: Data(btf.dumped(as: .json).utf8))
            let theirs = try JSONSerialization.jsonObject(with: bpftool(btf, ["-j"]).output)
            #expect((ours as? NSDictionary) == (theirs as? NSDictionary))
        }
    }

    @Test("JSON escapes what names hold")
    func escapes() throws {
        let name = "a\"b\\c\n\t\r\u{1}é\u{1f}"
        var builder = BTFBuilder(byteOrder: .host)
        builder.add(.forward(name: builder.intern(name), isUnion: true))
        let text = try builder.build().dumped(as: .json)
        let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [[String: Any]]]
        #expect(json?["types"]?.first?["name"] as? String == name)
    }

    @Test("the text comes in pieces, not as one")
    func streaming() throws {
        struct Longest: TextOutputStream {
            var longest = 0
            var pieces = 0
            mutating func write(_ string: String) {
                longest = max(longest, string.utf8.count)
                pieces += 1
            }
        }
        let btf = try BTF(parsing: Fixture.pahole(Fixture.zoo))
        for format in DumpFormat.allCases {
            var output = Longest()
            try btf.dump(as: format, to: &output)
            #expect(output.pieces > 10)
            #expect(output.longest < 2_000)
        }
    }
}
