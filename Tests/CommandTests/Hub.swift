import Foundation
import TestSupport
import Testing

/// The executables, run as a user runs them, on an archive of a test's own.
struct Hub {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    var store: String { directory.path("hub.db") }

    func path(_ name: String) -> String { directory.path(name) }

    /// Runs hubctl on the test's archive.
    func hubctl(_ arguments: String...) throws -> Tool.Result { try hubctl(arguments) }

    /// Runs hubctl on the test's archive.
    func hubctl(_ arguments: [String]) throws -> Tool.Result { try run("hubctl", arguments) }

    /// Runs hubworker on the test's archive, with a work folder of the test's own.
    func hubworker(_ arguments: String...) throws -> Tool.Result {
        try run("hubworker", arguments + ["--work-dir", path("work")])
    }

    private func run(_ program: String, _ arguments: [String]) throws -> Tool.Result {
        try Tool.attempt(Program.path(program), arguments, in: directory.url, environment: ["HUB_STORE": store])
    }

    /// The bytes of a file in the folder.
    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))) }

    /// Writes a file into the folder.
    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    }

    /// Makes a small kernel: a linked program of gcc's with DWARF, as far as types go a vmlinux.
    func makeImage(_ name: String, extraMember: String = "") throws {
        let source = try directory.write(
            """
            struct mm_struct { unsigned long arg_start; void *exe_file; };
            struct task_struct { int pid; int tgid; struct mm_struct *mm; struct task_struct *real_parent; \(extraMember) };
            struct task_struct init_task;
            int task_pid(struct task_struct *task) { return task->pid + task->mm->arg_start; }
            void _start(void) { task_pid(&init_task); }
            """,
            to: "\(name).c"
        )
        try Tool.run("gcc", ["-g", "-O1", "-nostdlib", "-static", "-Wl,--build-id", "-o", path(name), source])
    }

    /// Makes a debug package of that image, as Debian's are laid out.
    func makePackage(_ name: String, release: String, image: String?) throws {
        let root = path("\(name).d")
        let boot = "\(root)/usr/lib/debug/boot"
        try FileManager.default.createDirectory(atPath: boot, withIntermediateDirectories: true)
        if let image {
            try FileManager.default.copyItem(atPath: path(image), toPath: "\(boot)/vmlinux-\(release)")
        }
        _ = try directory.write(
            """
            Package: linux-image-\(release)-dbg
            Version: 6.1.1-1
            Architecture: amd64
            Maintainer: BTF Hub's tests <tests@example.org>
            Description: a small kernel

            """,
            to: "\(name).d/DEBIAN/control"
        )
        try Tool.run("dpkg-deb", ["--build", "-Zxz", root, path(name)])
    }

    /// Compiles a CO-RE program that reads two fields of a task.
    func makeProgram(_ name: String) throws {
        let source = try directory.write(
            """
            #define __core __attribute__((preserve_access_index))
            struct mm_struct { unsigned long arg_start; } __core;
            struct task_struct { int tgid; struct mm_struct *mm; } __core;
            __attribute__((section("kprobe/exec"), used)) int on_exec(struct task_struct *task)
            {
                return task->tgid + (int)task->mm->arg_start;
            }
            """,
            to: "\(name).c"
        )
        try Tool.run("clang", ["-target", "bpf", "-g", "-O2", "-c", source, "-o", path(name)])
    }
}

/// The names by which the tests' kernel is stored.
let kernelFlags = ["--distro", "debian", "--version", "12"]

/// Expects that a command ended with one sentence that names something, and printed nothing else.
func expectFault(
    _ result: Tool.Result,
    status: Int32,
    naming name: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(result.status == status, "\(result.diagnostics)", sourceLocation: sourceLocation)
    let errors = result.diagnostics.split(separator: "\n").filter { $0.hasPrefix("error: ") }
    #expect(errors.count == 1, "\(result.diagnostics)", sourceLocation: sourceLocation)
    #expect(errors.first?.contains(name) == true, "\(result.diagnostics)", sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
}
