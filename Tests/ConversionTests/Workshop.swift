import BTF
import ELF
import Foundation
import TestSupport

/// Kernels of a few kilobytes, made by the real tools, and the files that kernels come in.
enum Workshop {
    private static let source = """
        struct list_head { struct list_head *next, *prev; };
        enum state { RUNNING, SLEEPING = 1, DEAD = 64 };
        struct task_struct {
            int pid, tgid; char comm[16]; enum state state; unsigned in_use: 1, traced: 3;
            struct task_struct *real_parent; struct list_head children; union { long nice; void *stack; };
        };
        struct task_struct init_task;
        int task_nice(const struct task_struct *task) { return task->nice; }
        """

    /// A kernel's BTF as pahole makes it.
    static func types() throws -> [UInt8] { try CompiledBTF.compile(source) }

    /// A kernel's BTF, most significant byte first.
    static func bigEndianTypes() throws -> [UInt8] { try bpfTypes(source, target: "bpfeb") }

    /// The BTF that clang puts into a BPF object.
    static func bpfTypes(_ source: String, target: String) throws -> [UInt8] {
        let folder = try TemporaryDirectory()
        let file = try folder.write(source, to: "source.c")
        let object = folder.path("object.o")
        try Tool.run("clang", ["-target", target, "-g", "-O2", "-c", file, "-o", object])
        return try section(".BTF", of: object)
    }

    /// The contents of a file's section.
    static func section(_ name: String, of path: String) throws -> [UInt8] {
        let folder = try TemporaryDirectory()
        try Tool.run("llvm-objcopy", ["--dump-section", "\(name)=\(folder.path("section"))", path, "/dev/null"])
        return Array(try Data(contentsOf: URL(fileURLWithPath: folder.path("section"))))
    }

    /// A linked ELF file with a build-id, and with sections of one's own but no DWARF.
    static func vmlinux(_ sections: [String: [UInt8]]) throws -> [UInt8] {
        let folder = try TemporaryDirectory()
        let file = try folder.write("void _start(void) { for (;;); }\n", to: "source.c")
        let linked = folder.path("vmlinux")
        try Tool.run("gcc", ["-nostdlib", "-static", "-Wl,--build-id=sha1", file, "-o", linked])
        for (index, (name, contents)) in sections.enumerated() {
            let part = folder.path("section\(index)")
            try Data(contents).write(to: URL(fileURLWithPath: part))
            let flags = ["--set-section-flags", "\(name)=alloc,readonly,contents"]
            try Tool.run("objcopy", ["--add-section", "\(name)=\(part)"] + flags + [linked])
        }
        return Array(try Data(contentsOf: URL(fileURLWithPath: linked)))
    }

    /// A linked ELF file with the types of `types()` in .BTF.
    static func vmlinux() throws -> [UInt8] { try vmlinux([".BTF": types()]) }
}

// MARK: - The files that kernels come in

extension Workshop {
    /// Bytes that start no stream and look like nothing, always the same.
    static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return generator.noise(count)
    }

    /// A header of zeros with fields set, as long as it must be.
    static func header(_ count: Int, _ fields: [Int: [UInt8]]) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: count)
        for (offset, bytes) in fields { header.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
        return header
    }

    /// A number of four bytes, least significant first.
    static func word(_ value: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: value).littleEndian) { Array($0) }
    }

    /// A stream with the size of its contents behind it, which gzip has at its end anyhow.
    static func withSize(_ stream: [UInt8], of contents: [UInt8], _ tool: StreamTool) -> [UInt8] {
        tool.format == "gzip" ? stream : stream + word(contents.count)
    }

    /// x86's boot image with a payload; its header tells where that is, unless the version is too old.
    static func bzImage(_ payload: [UInt8], version: UInt8 = 0x0f, statedLength: Int? = nil) -> [UInt8] {
        let fields: [Int: [UInt8]] = [
            0x1f1: [3], 0x202: Array("HdrS".utf8), 0x206: [version, 2], 0x248: word(0x120),
            0x24c: word(statedLength ?? payload.count),
        ]
        return header(4 * 512, fields) + noise(0x120) + payload + noise(5000, seed: 2)
    }

    /// An EFI zboot image with a payload.
    static func zboot(_ payload: [UInt8], size: Int, compression: String) -> [UInt8] {
        let fields: [Int: [UInt8]] = [
            0: Array("MZ".utf8), 4: Array("zimg".utf8), 8: word(0x1000), 12: word(payload.count),
            24: Array(compression.utf8),
        ]
        return header(0x1000, fields) + payload + word(size) + noise(3000)
    }

    /// 32-bit ARM's zImage with a payload somewhere in it.
    static func armZImage(_ payload: [UInt8]) -> [UInt8] {
        header(64, [36: word(0x016f_2818)]) + noise(7001) + decoys + payload + noise(4000, seed: 3)
    }

    /// s390x's boot image with a payload somewhere in it.
    static func s390Image(_ payload: [UInt8]) -> [UInt8] {
        header(0x11000, [0x10008: Array("S390EP".utf8)]) + decoys + noise(3) + payload + noise(900, seed: 4)
    }

    /// arm64's Image: a flat kernel.
    static func arm64Image(_ contents: [UInt8]) -> [UInt8] {
        header(64, [0: Array("MZ".utf8), 56: Array("ARM\u{64}".utf8)]) + contents
    }

    /// RISC-V's Image: a flat kernel.
    static func riscvImage(_ contents: [UInt8]) -> [UInt8] {
        header(64, [0: Array("MZ".utf8), 48: Array("RISCV\0\0\0RSC\u{05}".utf8)]) + contents
    }

    /// A kernel as it lies in memory, with BTF somewhere in it.
    static func flat(_ blob: [UInt8]) -> [UInt8] { noise(10_007) + blob + noise(5003, seed: 5) }

    /// The magic numbers that decompressors compare with, and that start nothing.
    static let decoys: [UInt8] =
        [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0x28, 0xb5, 0x2f, 0xfd, 0x1f, 0x8b, 8, 0, 0x02, 0x21, 0x4c, 0x18]
        + Array("BZh91AY&SY".utf8) + [0x9f, 0xeb, 1, 0] + Array(repeating: 0xff, count: 100)
}
