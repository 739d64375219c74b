import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// btf_decl_tag and btf_type_tag: clang's against pahole, and gcc's against clang's.
@Suite struct AnnotationTests {
    private static let compilers = ["/opt/swift/usr/bin/clang", "clang-16"].filter {
        Tool.path(of: $0).map { FileManager.default.isExecutableFile(atPath: $0.path) } == true
    }

    private func tags(_ btf: BTF) -> Set<String> {
        Set(
            btf.ids.compactMap { id in
                switch btf[id] {
                case .declarationTag(let tag):
                    let owner = "\(btf.kind(of: tag.target)) \(btf.name(of: tag.target))"
                    return "DECL_TAG \(btf.string(at: tag.name)) on \(owner) \(tag.component)"
                case .typeTag(let name, let target, _):
                    return "TYPE_TAG \(btf.string(at: name)) of \(btf.kind(of: target)) \(btf.name(of: target))"
                default: return nil
                }
            }
        )
    }

    @Test(
        "Tags are where pahole has them",
        .enabled(if: !compilers.isEmpty, "there is no clang that writes annotations"),
        arguments: compilers,
        ["-gdwarf-4", "-gdwarf-5"]
    )
    func agreesWithPahole(compiler: String, version: String) throws {
        let directory = try TemporaryDirectory()
        let toolchain = Toolchain(compiler: compiler, options: [version])
        let linked = try Workshop.build(["tags.c", "other.c"], with: toolchain, in: directory)
        let ours = try Workshop.convert(linked)
        let theirs = try Workshop.pahole(linked, in: directory)
        #expect(tags(ours).symmetricDifference(tags(theirs)) == [])
        #expect(tags(ours).contains("DECL_TAG d2 on function fun 2"))
        #expect(ours.lines.symmetricDifference(theirs.lines) == [])
        #expect(ours.serialized() == theirs.serialized())
        #expect(try Workshop.convert(linked, .init(threads: 2)).serialized() == ours.serialized())
    }

    @Test(
        "gcc's annotations say what clang's do",
        .enabled(if: !compilers.isEmpty, "there is no clang that writes annotations"),
        arguments: compilers
    )
    func chains(compiler: String) throws {
        // gcc writes them from version 16 on, which Debian 12 does not have, so an assembler does.
        let directory = try TemporaryDirectory()
        let (chained, nested) = (directory.path("chained.o"), directory.path("nested.o"))
        try Tool.run("as", ["-o", chained, "annotations.s"], in: Workshop.fixtures)
        try Tool.run(compiler, ["-gdwarf-5", "-w", "-O2", "-c", "annotated.c", "-o", nested], in: Workshop.fixtures)
        let (ours, theirs) = (try Workshop.convert(chained), try Workshop.convert(nested))
        #expect(tags(ours).count == 10)
        #expect(tags(ours).symmetricDifference(tags(theirs)) == [])
        #expect(ours.lines.symmetricDifference(theirs.lines) == [])
        #expect(ours.serialized() == theirs.serialized())
    }

    @Test("A chain of annotations that leads back to its start ends")
    func cycle() throws {
        let directory = try TemporaryDirectory()
        let source = try String(
            contentsOf: Workshop.fixtures.appendingPathComponent("annotations.s"),
            encoding: .utf8
        )
        let turned = source.replacingOccurrences(of: "reference .Lfirst", with: "reference .Lsecond")
        let object = directory.path("turned.o")
        try Tool.run("as", ["-o", object, try directory.write(turned, to: "turned.s")])
        #expect(tags(try Workshop.convert(object)).contains("DECL_TAG second on structure holder 0"))
    }

    @Test(
        "Tags are left out on demand, and the rest says what it says without them",
        .enabled(if: !compilers.isEmpty, "there is no clang that writes annotations"),
        arguments: compilers
    )
    func features(compiler: String) throws {
        let directory = try TemporaryDirectory()
        let toolchain = Toolchain(compiler: compiler, options: ["-gdwarf-5"])
        let linked = try Workshop.build(["tags.c", "other.c"], with: toolchain, in: directory)
        let ours = try Workshop.convert(linked, .init(features: [.float, .enumeration64]))
        let output = directory.path("pahole.btf")
        let options = ["--btf_gen_floats", "--skip_encoding_btf_decl_tag", "--skip_encoding_btf_type_tag"]
        try Tool.run("pahole", ["-j1"] + options + ["--btf_encode_detached=\(output)", linked])
        let theirs = try BTF(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: output)))).canonicalized()
        #expect(tags(ours) == [])
        #expect(ours.lines.symmetricDifference(theirs.lines) == [])
        #expect(ours.serialized() == theirs.serialized())
    }

    @Test("Features go by pahole's names")
    func featureNames() {
        #expect(DWARFConverter.Features(list: "float,enum64") == [.float, .enumeration64])
        #expect(DWARFConverter.Features(list: "decl_tag,type_tag") == [.declarationTag, .typeTag])
        #expect(DWARFConverter.Features(list: "none") == [])
        #expect(DWARFConverter.Features(list: "all") == .all)
        #expect(DWARFConverter.Features(list: "float,") == nil)
        #expect(DWARFConverter.Features(list: "floats") == nil)
    }
}
