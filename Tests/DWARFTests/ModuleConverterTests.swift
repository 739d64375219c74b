import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// Modules converted one after the other: what is remembered of one leaves no trace in the next.
@Suite struct ModuleConverterTests {
    /// A kernel's types, and modules of it that repeat each other's types, contradict them, and tag them.
    private func make(in directory: TemporaryDirectory) throws -> (base: PreparedBase, modules: [ELFFile]) {
        let base = try PreparedBase(Workshop.convert(try Workshop.build(with: .usual, in: directory)))
        let toolchains = (Toolchain.all + Toolchain.rare).filter { !$0.options.contains("-m32") }
        var modules = try toolchains.map { toolchain in
            let path = try Workshop.module(with: toolchain, in: directory)
            return try ELFFile(bytes: Array(Data(contentsOf: URL(fileURLWithPath: path))), name: toolchain.description)
        }
        let shared = "struct list { struct list *next; struct late *late; enum { A, B } state; };"
        for (index, own) in [
            "struct late { int one; };", "struct late { long two; struct list list; };", "",
            "struct late { struct list *list; int (*call)(struct list *, int, ...); };",
        ].enumerated() {
            let source = try directory.write("\(shared) \(own) struct list *list;", to: "small\(index).c")
            let object = directory.path("small\(index).o")
            try Tool.run("gcc", ["-g", "-O2", "-c", source, "-o", object])
            modules.append(try ELFFile(path: object))
        }
        return (base, modules)
    }

    @Test("Each module gives the same bytes as alone, in whatever order they come")
    func isIndependentOfOrder() throws {
        let directory = try TemporaryDirectory()
        let (base, modules) = try make(in: directory)
        let alone = try modules.map { try DWARFConverter().convert($0, base: base).btf.serialized() }
        #expect(Set(alone).count > 4)
        let forward = Array(modules.indices)
        for order in [forward, forward.reversed(), forward + forward] {
            var converter = ModuleConverter(base: base)
            for index in order {
                let bytes = try converter.convert(modules[index]).btf.serialized()
                #expect(bytes == alone[index], "\(modules[index].name)")
            }
        }
    }

    @Test("A damaged module does not spoil those behind it")
    func survivesDamage() throws {
        let directory = try TemporaryDirectory()
        let (base, modules) = try make(in: directory)
        let alone = try modules.map { try DWARFConverter().convert($0, base: base).btf.serialized() }
        var random = SplitMix(state: 5)
        var converter = ModuleConverter(base: base)
        var faults = 0
        for (index, module) in modules.enumerated() {
            let section = try #require(module.debugSection(named: ".debug_info"))
            for _ in 0..<6 {
                var bytes = module.file.whole.bytes
                for _ in 0..<4 {
                    let place = Int(section.offset) + Int(random.next() % section.size)
                    bytes[place] = UInt8(truncatingIfNeeded: random.next())
                }
                let damaged = try ELFFile(bytes: bytes, name: "damaged")
                let expected = try? DWARFConverter().convert(damaged, base: base).btf.serialized()
                let found = try? converter.convert(damaged).btf.serialized()
                #expect(found == expected)
                if found == nil { faults += 1 }
            }
            #expect(try converter.convert(module).btf.serialized() == alone[index])
        }
        #expect(faults > 0)
    }

    @Test("A declaration tag stays with the module that has it", .enabled(if: Tool.path(of: "clang-16") != nil))
    func keepsTagsApart() throws {
        let directory = try TemporaryDirectory()
        let base = try PreparedBase(BTFBuilder(byteOrder: .littleEndian).build())
        let modules = try ["__attribute__((btf_decl_tag(\"mine\")))", ""].enumerated().map { index, tag in
            let source = "struct thing { int x \(tag); }; struct thing thing; int f(struct thing *t) { return t->x; }"
            let file = try directory.write(source, to: "tag\(index).c")
            let object = directory.path("tag\(index).o")
            try Tool.run("clang-16", ["-g", "-O1", "-c", file, "-o", object])
            return try ELFFile(path: object)
        }
        let counts = try modules.map { module in
            let btf = try DWARFConverter().convert(module, base: base).btf
            return btf.ids.count { btf.kind(of: $0) == .declarationTag }
        }
        #expect(counts == [1, 0])
        for order in [[0, 1, 0], [1, 0, 1]] {
            var converter = ModuleConverter(base: base)
            for index in order {
                let btf = try converter.convert(modules[index]).btf
                #expect(btf.ids.count { btf.kind(of: $0) == .declarationTag } == counts[index])
            }
        }
    }
}
