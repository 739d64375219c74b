import ELF
import Foundation
import TestSupport
import Testing

/// ELF files as gcc and clang make them, held against what binutils' readelf says.
@Suite struct ELFFileTests {
    private let directory: TemporaryDirectory
    private let source: String

    init() throws {
        directory = try TemporaryDirectory()
        source = try directory.write(
            """
            struct point { int x, y; } origin;
            static int hidden = 3;
            extern int elsewhere(int);
            char buffer[100];
            int visible(int a) { return elsewhere(a) + hidden + origin.x; }
            """,
            to: "source.c"
        )
    }

    private func compile(_ compiler: String, _ options: [String], to name: String = "object.o") throws -> String {
        let path = directory.path(name)
        try Tool.run(compiler, options + ["-g", "-c", source, "-o", path])
        return path
    }

    @Test("The header says what the file is for", arguments: ["bpfel", "bpfeb"])
    func header(target: String) throws {
        let elf = try ELFFile(path: try compile("clang", ["-target", target, "-O2"]))
        #expect(elf.header.machine == .bpf)
        #expect(elf.header.kind == .relocatable)
        #expect(elf.header.addressClass == .bits64)
        #expect(elf.header.addressSize == 8)
        #expect(elf.header.byteOrder == (target == "bpfel" ? .little : .big))
        #expect(try ELFFile(path: try compile("gcc", ["-m32"])).header.addressSize == 4)
    }

    @Test(
        "Sections are those that readelf lists",
        arguments: [["gcc"], ["gcc", "-m32"], ["clang", "-target", "bpfeb"]]
    )
    func sections(command: [String]) throws {
        let path = try compile(command[0], Array(command.dropFirst()))
        let elf = try ELFFile(path: path)
        let listed = try Tool.run("readelf", ["-SW", path]).text.split(separator: "\n").compactMap { line -> String? in
            guard let close = line.firstIndex(of: "]"), line.contains("["), line.contains(".") else { return nil }
            return line[line.index(after: close)...].split(separator: " ").first.map(String.init)
        }
        #expect(elf.sections.dropFirst().map(\.name) == listed)
        #expect(elf.sections.map(\.index) == Array(elf.sections.indices))
        let text = try #require(elf.section(named: ".text"))
        #expect(text.flags.contains(.executable) || command.contains("-target"))
        #expect(elf.section(named: ".nothing") == nil)
    }

    @Test(
        "Symbols are those that readelf lists",
        arguments: [["gcc"], ["gcc", "-m32"], ["clang", "-target", "bpfeb"]]
    )
    func symbols(command: [String]) throws {
        let path = try compile(command[0], Array(command.dropFirst()))
        let elf = try ELFFile(path: path)
        let symbols = try elf.symbols()
        let listed = try Tool.run("readelf", ["-sW", path]).text.split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ")
            guard words.count >= 7, words[0].hasSuffix(":"), Int(words[0].dropLast()) != nil else { return nil }
            return "\(words[3]) \(words[4])"
        }
        let kinds: [ELFSymbol.Kind: String] = [
            .none: "NOTYPE", .object: "OBJECT", .function: "FUNC", .section: "SECTION", .file: "FILE",
        ]
        let bindings: [ELFSymbol.Binding: String] = [.local: "LOCAL", .global: "GLOBAL", .weak: "WEAK"]
        #expect(symbols.map { "\(kinds[$0.kind] ?? "?") \(bindings[$0.binding] ?? "?")" } == listed)
        let visible = try #require(symbols.first { $0.name == "visible" })
        #expect(visible.sectionIndex == elf.section(named: ".text")?.index)
        #expect(symbols.first { $0.name == "elsewhere" }?.place == .undefined)
        #expect(symbols.first { $0.name == "buffer" }?.size == 100)
    }

    @Test("Relocations point at their symbols")
    func relocations() throws {
        let plain = try ELFFile(path: try compile("clang", ["-target", "bpfel", "-O2"]))
        let text = try #require(plain.section(named: ".text"))
        let names = try plain.symbols().map(\.name)
        let found = try plain.relocations(patching: text)
        #expect(found.map { names[$0.symbolIndex] }.contains("elsewhere"))
        #expect(found.allSatisfy { $0.addend == nil })
        let withAddends = try ELFFile(path: try compile("gcc", ["-O2"]))
        let patched = try #require(withAddends.section(named: ".text"))
        #expect(try withAddends.relocations(patching: patched).contains { $0.addend == -4 })
        #expect(throws: ELFError.self) { try withAddends.relocations(in: patched) }
    }

    @Test("The build-id is the one that readelf reads")
    func buildID() throws {
        let object = try compile("gcc", [])
        #expect(try ELFFile(path: object).buildID() == nil)
        let linked = directory.path("linked")
        try Tool.run("gcc", ["-shared", "-nostdlib", "-Wl,--build-id=sha1", "-fPIC", "-g", source, "-o", linked])
        let note = try ELFFile(path: linked).buildID()
        let digits = try #require(note).map { String(format: "%02x", $0) }.joined()
        #expect(digits.count == 40)
        #expect(try Tool.run("readelf", ["-n", linked]).text.contains("Build ID: \(digits)"))
    }

    @Test("Compressed sections hold what the plain ones hold", arguments: ["zlib", "zlib-gnu"])
    func compression(format: String) throws {
        let path = try compile("gcc", [])
        let packed = directory.path("packed")
        try Tool.run("objcopy", ["--compress-debug-sections=\(format)", path, packed])
        let (plain, compressed) = (try ELFFile(path: path), try ELFFile(path: packed))
        let section = try #require(compressed.debugSection(named: ".debug_info"))
        #expect(section.flags.contains(.compressed) || section.name == ".zdebug_info")
        let contents = try plain.contents(of: try #require(plain.section(named: ".debug_info"))).bytes
        #expect(try compressed.contents(of: section).bytes == contents)
        let error = #expect(throws: ELFError.self) { try compressed.contents(of: section, limit: 10) }
        #expect(error?.code == .tooLarge)
    }

    @Test("A section without bytes is empty, a plain one is no copy")
    func contents() throws {
        let elf = try ELFFile(path: try compile("gcc", ["-O2"]))
        let bss = try #require(elf.section(named: ".bss"))
        #expect(bss.size >= 100)
        #expect(try elf.contents(of: bss).count == 0)
        let text = try #require(elf.section(named: ".text"))
        #expect(try elf.contents(of: text).bounds == Int(text.offset)..<Int(text.offset + text.size))
    }

    @Test("Discarded pages come back")
    func discard() throws {
        let elf = try ELFFile(path: try compile("gcc", []))
        let before = elf.file.whole.bytes
        elf.file.whole.discard()
        elf.file.discard(-5..<Int.max / 2)
        #expect(elf.file.whole.bytes == before)
        let memory = try MappedFile(bytes: before, name: "memory")
        memory.whole.discard()
        #expect(memory.whole.bytes == before)
    }

    // MARK: - Damage

    @Test("What is no ELF file is said to be none")
    func noELF() throws {
        let missing = #expect(throws: ELFError.self) { try ELFFile(path: directory.path("missing")) }
        #expect(missing?.code == .unreadable)
        #expect(missing?.description.contains("No such file") == true)
        #expect(throws: ELFError.self) { try ELFFile(path: directory.url.path) }
        for bytes in [
            [], [0x7f], Array("!<arch>\n".utf8) + [UInt8](repeating: 32, count: 60), [UInt8](repeating: 0, count: 99),
        ] {
            let error = #expect(throws: ELFError.self) { try ELFFile(bytes: bytes, name: "nothing") }
            #expect(error?.code == .notELF)
            #expect(error?.file == "nothing")
        }
    }

    @Test("A file cut off anywhere, and one with any byte of its tables changed")
    func damage() throws {
        let path = try compile("gcc", ["-O2"])
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        for length in stride(from: 0, to: bytes.count, by: 31) { readAll(Array(bytes[..<length])) }
        let tables = bytes.count - (try ELFFile(path: path)).sections.count * 64
        for at in Array(0..<64) + Array(tables..<bytes.count) {
            for value: UInt8 in [0, 0x7f, 0xff] {
                var damaged = bytes
                damaged[at] = value
                readAll(damaged)
            }
        }
    }

    /// Reads all that there is to read; only an `ELFError` may come of it.
    private func readAll(_ bytes: [UInt8]) {
        do {
            let elf = try ELFFile(bytes: bytes, name: "damaged")
            _ = try? elf.symbols()
            _ = try? elf.buildID()
            for section in elf.sections {
                _ = try? elf.contents(of: section, limit: 1 << 20).bytes
                _ = try? elf.relocations(in: section)
            }
        } catch {
            #expect(error.file == "damaged")
        }
    }
}
