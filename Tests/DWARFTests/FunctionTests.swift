import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// Which functions are written: pahole's rule as of 1.30, which Debian 12's pahole does not have yet.
@Suite struct FunctionTests {
    private func functions(_ btf: BTF) -> [String] {
        btf.ids.filter { btf.kind(of: $0) == .function }.map { btf.name(of: $0) }.sorted()
    }

    @Test("A function is kept when prototypes agree and parameters are in place", arguments: Toolchain.all)
    func selection(toolchain: Toolchain) throws {
        let directory = try TemporaryDirectory()
        let linked = try Workshop.build(["functions.c", "functions2.c"], with: toolchain, in: directory)
        let (btf, report) = try DWARFConverter().convert(try ELFFile(path: linked))
        #expect(
            functions(btf) == [
                "alike", "beside_struct", "calls_alike", "calls_alike_again", "calls_changed", "calls_inlined",
                "calls_unlike", "calls_unlike_again", "changed", "inlined", "plain",
            ]
        )
        #expect(report.inconsistentFunctions == 1)
        #expect(report.misplacedFunctions == 1)
        // The order of the units is nobody's business.
        let elsewhere = try TemporaryDirectory()
        let other = try Workshop.build(["functions2.c", "functions.c"], with: toolchain, in: elsewhere)
        let again = try Workshop.convert(other)
        #expect(functions(again) == functions(btf))
    }

    @Test("gcc names what it has changed with a suffix; the name without it is kept")
    func changedFunctions() throws {
        let directory = try TemporaryDirectory()
        let linked = try Workshop.build(["functions.c", "functions2.c"], with: .usual, in: directory)
        let names = try ELFFile(path: linked).symbols().map(\.name)
        #expect(names.contains { $0.hasPrefix("changed.") } && !names.contains("changed"))
        let btf = try Workshop.convert(linked)
        let changed = try #require(btf.ids.first { btf.kind(of: $0) == .function && btf.name(of: $0) == "changed" })
        guard case .function(let function) = btf[changed],
            case .functionPrototype(let prototype) = btf[function.prototype]
        else {
            Issue.record("'changed' has no prototype")
            return
        }
        #expect(prototype.parameters.map { btf.string(at: $0.name) } == ["value", "factor"])
    }

    @Test("Where a number takes two registers, parameters behind it are not misplaced", arguments: [true, false])
    func wideParameters(isFirstWide: Bool) throws {
        let directory = try TemporaryDirectory()
        let type = isFirstWide ? "long long" : "int"
        let source = try directory.write(
            "int behind(\(type) first, int second) { return first + second; }",
            to: "wide.c"
        )
        let object = directory.path("wide.o")
        try Tool.run("clang", ["-target", "armv7-linux-gnueabihf", "-g", "-O2", "-c", source, "-o", object])
        let (btf, report) = try DWARFConverter().convert(try ELFFile(path: object))
        #expect(functions(btf) == ["behind"])
        #expect(report.misplacedFunctions == 0)
    }

    @Test("Functions that BPF programs may call are tagged", arguments: ["all", "decl_tag", "decl_tag_kfuncs"])
    func kernelFunctions(list: String) throws {
        let directory = try TemporaryDirectory()
        let source = try directory.write(
            """
            __asm__(".pushsection .BTF_ids,\\"a\\"\\n"
                    ".balign 4\\n"
                    ".type __BTF_ID__set8__offered, @object\\n"
                    ".size __BTF_ID__set8__offered, 24\\n"
                    "__BTF_ID__set8__offered: .long 2, 1\\n"
                    "__BTF_ID__func__usual__1: .long 0, 0\\n"
                    "__BTF_ID__func__fast_one__2: .long 0, 4096\\n"
                    ".type __BTF_ID__set8__other, @object\\n"
                    ".size __BTF_ID__set8__other, 16\\n"
                    "__BTF_ID__set8__other: .long 1, 0\\n"
                    "__BTF_ID__func__hidden__3: .long 0, 0\\n"
                    ".popsection\\n");
            int usual(int value) { return value; }
            int fast_one(int value) { return value + 1; }
            int hidden(int value) { return value + 2; }
            """,
            to: "offered.c"
        )
        let object = directory.path("offered.o")
        try Tool.run("gcc", ["-g", "-O2", "-fno-pie", "-c", source, "-o", object])
        let linked = directory.path("linked")
        try Tool.run("ld", ["-T", "kernel.ld", "-o", linked, object], in: Workshop.fixtures)
        let features = try #require(DWARFConverter.Features(list: list))
        let btf = try Workshop.convert(linked, .init(features: features))
        let tags = btf.ids.compactMap { id -> String? in
            guard case .declarationTag(let tag) = btf[id] else { return nil }
            return "\(btf.string(at: tag.name)) \(btf.name(of: tag.target)) \(tag.component)"
        }
        let expected = ["bpf_fastcall fast_one -1", "bpf_kfunc fast_one -1", "bpf_kfunc usual -1"]
        #expect(tags.sorted() == (list == "all" ? expected : []))
    }

    @Test("A declaration is resolved when what defines it leads to a name with several definitions")
    func declarationOfWhatIsSetApart() throws {
        let directory = try TemporaryDirectory()
        let sources = [
            "struct clash { int a; }; struct outer { struct clash *c; }; struct user { struct outer *o; };"
                + "int one(struct user *u) { return u->o->c->a; }",
            "struct clash { long b; }; int two(struct clash *c) { return c->b; }",
            "struct outer; struct user { struct outer *o; }; int three(struct user *u) { return u->o != 0; }",
        ]
        let objects = try sources.enumerated().map { index, text in
            let source = try directory.write(text, to: "\(index).c")
            try Tool.run("gcc", ["-g", "-O2", "-fno-pie", "-c", source, "-o", directory.path("\(index).o")])
            return directory.path("\(index).o")
        }
        let linked = directory.path("linked")
        try Tool.run("ld", ["-T", "kernel.ld", "-o", linked] + objects, in: Workshop.fixtures)
        let ours = try Workshop.convert(linked)
        let theirs = try Workshop.pahole(linked, in: directory)
        #expect(ours.serialized() == theirs.serialized())
        #expect(!ours.ids.contains { ours.kind(of: $0) == .forward })
        #expect(ours.ids.count { ours.name(of: $0) == "user" } == 1)
    }
}
