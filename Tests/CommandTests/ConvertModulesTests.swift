import Foundation
import TestSupport
import Testing

/// Many modules of one kernel, converted at once.
@Suite struct ConvertModulesTests {
    private let hub: Hub

    init() throws {
        hub = try Hub()
        try hub.makeImage("vmlinux")
        try FileManager.default.createDirectory(atPath: hub.path("lib/deep"), withIntermediateDirectories: true)
        #expect(try hub.hubctl("convert", hub.path("vmlinux"), "-o", hub.path("base.btf")).status == 0)
        try makeModule("lib/first-one.ko", own: "int one;")
        try makeModule("lib/deep/second.ko.debug", own: "long two; struct task_struct *task;")
        try makeModule("third.ko", own: "char three[3];")
    }

    private func makeModule(_ name: String, own: String) throws {
        let source = try hub.directory.write(
            """
            struct mm_struct { unsigned long arg_start; void *exe_file; };
            struct task_struct { int pid; int tgid; struct mm_struct *mm; struct task_struct *real_parent;  };
            struct own { struct mm_struct *mm; \(own) } own;
            struct task_struct *task;
            int start(struct own *own) { return own->mm != 0; }
            """,
            to: "module.c"
        )
        try Tool.run("gcc", ["-g", "-O1", "-c", "-o", hub.path(name), source])
    }

    private func convert(_ arguments: [String], into folder: String, threads: Int = 1) throws -> Tool.Result {
        let options = ["--base", hub.path("base.btf"), "-o", hub.path(folder), "--threads", "\(threads)"]
        return try Tool.attempt(Program.path("hubctl"), ["convert"] + arguments + options)
    }

    private func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: hub.path(folder)).sorted()
    }

    @Test("What comes of each is what comes of it alone, with any number of threads", arguments: [1, 2, 8])
    func likeOneByOne(threads: Int) throws {
        let result = try convert([hub.path("lib"), hub.path("third.ko")], into: "out/", threads: threads)
        #expect(result.status == 0, "\(result.diagnostics)")
        #expect(result.diagnostics.contains("3 modules"))
        #expect(try names(in: "out") == ["first_one.btf", "second.btf", "third.btf"])
        for (file, name) in [
            ("lib/first-one.ko", "first_one"), ("lib/deep/second.ko.debug", "second"), ("third.ko", "third"),
        ] {
            #expect(try convert([hub.path(file)], into: "\(name).alone").status == 0)
            #expect(try hub.bytes("out/\(name).btf") == hub.bytes("\(name).alone"))
        }
    }

    @Test func oneFailureStopsNothingElse() throws {
        try hub.write([1, 2, 3], to: "lib/broken.ko")
        try Tool.run("strip", ["-g", hub.path("third.ko")])
        let result = try convert([hub.path("lib"), hub.path("third.ko")], into: "out", threads: 2)
        #expect(result.status == 65)
        #expect(result.diagnostics.contains("broken.ko"))
        #expect(result.diagnostics.contains("third.ko has neither DWARF"))
        #expect(result.diagnostics.contains("2 of 4 modules could not be converted"))
        #expect(try names(in: "out") == ["first_one.btf", "second.btf"])
    }

    @Test func foreignModulesAreNamed() throws {
        let source = try hub.directory.write("struct alien { short s; } alien;", to: "alien.c")
        try Tool.run("gcc", ["-g", "-c", "-o", hub.path("alien.ko"), source])
        let result = try convert([hub.path("alien.ko"), hub.path("third.ko")], into: "out")
        #expect(result.status == 0)
        #expect(result.diagnostics.contains("alien.ko shares no type with the base"))
        #expect(!result.diagnostics.contains("third.ko"))
        #expect(try names(in: "out") == ["alien.btf", "third.btf"])
    }

    @Test func whatMakesNoSenseIsRefused() throws {
        let modules = [hub.path("lib"), hub.path("third.ko")]
        let withoutBase = try Tool.attempt(Program.path("hubctl"), ["convert"] + modules + ["-o", hub.path("out")])
        #expect(withoutBase.status == 64)
        #expect(try convert(modules, into: "no/such/folder").status == 74)
        try FileManager.default.copyItem(atPath: hub.path("third.ko"), toPath: hub.path("lib/third.ko"))
        let twice = try convert(modules, into: "out")
        #expect(twice.status == 65)
        #expect(twice.diagnostics.contains("are both the module third"))
        try FileManager.default.createDirectory(atPath: hub.path("empty"), withIntermediateDirectories: true)
        #expect(try convert([hub.path("empty")], into: "out").status == 65)
        #expect(!FileManager.default.fileExists(atPath: hub.path("out")))
    }
}
