internal import Foundation

/// Real BTF from C source, made by gcc and pahole.
public enum CompiledBTF {
    /// Compiles C and encodes its types, as a kernel's are.
    ///
    /// - Parameters:
    ///   - source: the C source; types that nothing uses do not reach the debug info.
    ///   - base: the BTF that the result is split over, when it is to be a module's.
    /// - Returns: the raw BTF.
    /// - Throws: `Tool.Failure` when a tool is missing or fails.
    public static func compile(_ source: String, base: [UInt8]? = nil) throws -> [UInt8] {
        let folder = try TemporaryDirectory()
        let file = try folder.write(source, to: "source.c")
        try Tool.run("gcc", ["-g", "-O1", "-c", file, "-o", folder.path("object.o")])
        var arguments = ["--btf_encode_detached=\(folder.path("out.btf"))"]
        if let base {
            try Data(base).write(to: URL(fileURLWithPath: folder.path("base.btf")))
            arguments.append("--btf_base=\(folder.path("base.btf"))")
        }
        try Tool.run("pahole", arguments + [folder.path("object.o")])
        return Array(try Data(contentsOf: URL(fileURLWithPath: folder.path("out.btf"))))
    }

    /// The BTF of a small kernel: a struct of its own name with that many members, and a few types that all share.
    ///
    /// - Parameters:
    ///   - name: what the struct is called.
    ///   - members: how many members it has.
    /// - Returns: the raw BTF.
    /// - Throws: `Tool.Failure` when a tool is missing or fails.
    public static func kernel(_ name: String, members: Int = 3) throws -> [UInt8] {
        let fields = (0..<members).map { "long field_\($0);" }.joined(separator: " ")
        return try compile(
            """
            struct task_struct { int pid; int tgid; char comm[16]; struct task_struct *real_parent; };
            struct \(name) { \(fields) struct task_struct *task; };
            struct \(name) the_\(name);
            int use(struct \(name) *p) { return p->task->pid; }
            """
        )
    }
}
