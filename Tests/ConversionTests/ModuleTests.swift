import BTF
import Conversion
import ELF
import Foundation
import TestSupport
import Testing

@Suite("Modules")
struct ModuleTests {
    private static let moduleSource = """
        struct list_head { struct list_head *next, *prev; };
        struct device { struct list_head list; int id, pid, tgid; char comm[16]; enum { OFF, ON } power; struct device *(*probe)(int unit); };
        struct device the_device;
        int device_id(struct device *device) { return device->id; }
        """

    /// A module's object file over a kernel's BTF, made as the kernel's build makes it.
    private static func module(over base: [UInt8]) throws -> [UInt8] {
        let folder = try TemporaryDirectory()
        let source = try folder.write(moduleSource, to: "module.c")
        let object = folder.path("module.ko")
        try Data(base).write(to: URL(fileURLWithPath: folder.path("base.btf")))
        try Tool.run("gcc", ["-g", "-O1", "-c", source, "-o", object])
        try Tool.run("pahole", ["-J", "--btf_base=\(folder.path("base.btf"))", object])
        try Tool.run("objcopy", ["--strip-debug", object])
        return Array(try Data(contentsOf: URL(fileURLWithPath: object)))
    }

    private static func convert(_ module: [UInt8], over base: BTF?, _ source: BTFSource = .btf) throws -> BTF {
        let image = try UnpackedImage(MappedFile(bytes: module, name: "module.ko"))
        return try ImageConverter(source: source, base: base).convert(image).btf
    }

    @Test("a module's section becomes canonical split BTF over the base", arguments: [BTFSource.btf, .auto])
    func split(source: BTFSource) throws {
        let kernel = try Workshop.types()
        let module = try Self.module(over: kernel)
        let base = try BTF(parsing: kernel)
        let types = try Self.convert(module, over: base, source)
        #expect(types.firstID == base.endID)
        #expect(types.verify().isEmpty)
        #expect(try types.canonicalized().serialized() == types.serialized())
        // The list_head of the kernel is not repeated.
        #expect(!types.ids.contains { types.name(of: $0) == "list_head" })
        let folder = try TemporaryDirectory()
        let elf = folder.path("module.ko")
        try Data(module).write(to: URL(fileURLWithPath: elf))
        let section = try BTF(parsing: Workshop.section(".BTF", of: elf), base: base)
        #expect(BTFMeaning(of: types).differences(from: BTFMeaning(of: section)).isEmpty)
        for (name, bytes) in [("base", kernel), ("module", types.serialized())] {
            try Data(bytes).write(to: URL(fileURLWithPath: folder.path(name)))
        }
        let dump = try Tool.run("bpftool", ["-B", folder.path("base"), "btf", "dump", "file", folder.path("module")])
        #expect(dump.text.contains("STRUCT 'device'"))
        #expect(dump.text.hasPrefix("[\(base.endID.rawValue)] "))
    }

    @Test("a compressed module, and a base out of the kernel's image")
    func packed() throws {
        let kernel = try Workshop.types()
        let module = try Self.module(over: kernel)
        let expected = try Self.convert(module, over: BTF(parsing: kernel)).serialized()
        let vmlinux = try Workshop.vmlinux([".BTF": kernel])
        let vmlinuz = Workshop.bzImage(Workshop.withSize(try StreamTool.xz.compress(vmlinux), of: vmlinux, .xz))
        let flat = Workshop.arm64Image(Workshop.flat(kernel))
        for image in [vmlinux, vmlinuz, flat] {
            let base = try ImageConverter.embeddedTypes(of: UnpackedImage(MappedFile(bytes: image, name: "kernel")))
            #expect(base.serialized() == kernel)
            for tool in [StreamTool.xz, .zstd, .gzip] {
                #expect(try Self.convert(tool.compress(module), over: base).serialized() == expected)
            }
        }
    }

    @Test("without a base, and over a base of another form or another kernel, nothing is made")
    func wrongBase() throws {
        let kernel = try Workshop.types()
        let module = try Self.module(over: kernel)
        #expect(throws: ConversionError.missingBase(file: "module.ko")) { try Self.convert(module, over: nil) }
        let canonical = try BTF(parsing: kernel).canonicalized()
        #expect(canonical.serialized() != kernel)
        let other = try BTF(parsing: CompiledBTF.kernel("other", members: 40))
        let small = try BTF(parsing: CompiledBTF.compile("int x;"))
        for base in [canonical, other, small] {
            let error = #expect(throws: ConversionError.self) { try Self.convert(module, over: base) }
            guard case .foreignBase("module.ko", _)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(error?.description.contains("canonical") == true)
        }
    }

    @Test("a base where none belongs is refused")
    func needlessBase() throws {
        let kernel = try Workshop.types()
        let base = try BTF(parsing: kernel)
        for image in [try Workshop.vmlinux([".BTF": kernel]), Workshop.arm64Image(Workshop.flat(kernel))] {
            #expect(throws: ConversionError.needlessBase(file: "module.ko")) { try Self.convert(image, over: base) }
        }
    }

    @Test("a module from outside the tree brings a base of its own, which is told")
    func distilledBase() throws {
        let kernel = try Workshop.types()
        let module = try Workshop.vmlinux([".BTF": kernel, ".BTF.base": kernel])
        #expect(throws: ConversionError.distilledBase(file: "module.ko")) {
            try Self.convert(module, over: BTF(parsing: kernel))
        }
    }

    @Test("a module with nothing of its own")
    func emptyModule() throws {
        let kernel = try Workshop.types()
        let base = try BTF(parsing: kernel)
        let header = Workshop.word(0x0001_eb9f) + Workshop.word(24) + [UInt8](repeating: 0, count: 16)
        let module = try Workshop.vmlinux([".BTF": header])
        #expect(try Self.convert(module, over: base).typeCount == 0)
        #expect(throws: ConversionError.missingBase(file: "module.ko")) { try Self.convert(module, over: nil) }
    }
}
