import Minimizer
import TestSupport
import Testing

/// The source lines of relocations, which line info gives for instructions that have a place in the source.
@Suite("Source lines")
struct SourceLineTests {
    /// Each line with a question in it says which; the constants for them are loaded before the line begins.
    private static let program = """
        #define core __attribute__((preserve_access_index))
        struct task { int pid; int tgid; struct task *parent; } core;
        enum shade { DARK, LIGHT };

        __attribute__((section("kprobe/f"), used)) long f(struct task *t)
        {
            long sum = 0;

            if (__builtin_preserve_field_info(t->pid, 2)) // field_exists
                sum += 3;
            sum += t->tgid; // byte_off
            if (__builtin_preserve_type_info(*(struct task *)0, 0)) // type_exists
                sum += __builtin_preserve_field_info(t->parent, 1); // byte_sz
            sum += __builtin_preserve_enum_value(*(typeof(enum shade) *)LIGHT, 1); // enumval_value
            sum += __builtin_btf_type_id(*(struct task *)0, 1); // target_type_id
            return sum;
        }
        """

    @Test(
        "a relocation is on the line that asks, by every compiler",
        arguments: Compiler.installed,
        ["bpfel", "bpfeb"]
    )
    func lines(compiler: Compiler, target: String) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(Self.program, to: "lines.c")
        let object = directory.path("lines.o")
        let clang = try #require(compiler.path)
        try Tool.run(clang, ["-target", target, "-O2", "-g", "-c", path, "-o", object])
        let requests = try BPFObject(path: object).requests.requests
        let kinds = ["field_exists", "byte_off", "type_exists", "byte_sz", "enumval_value", "target_type_id"]
        #expect(requests.map(\.kind.name).sorted() == kinds.sorted())
        for request in requests {
            let source = try #require(request.location.source)
            #expect(source.text.hasSuffix("// \(request.kind.name)"), "\(request.kind.name) is said to be on \(source)")
        }
    }
}
