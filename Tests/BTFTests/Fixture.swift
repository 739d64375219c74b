import BTF
import Foundation
import TestSupport

/// BTF that real compilers make of small C files.
enum Fixture {
    /// Every kind of type that C source leads to, and shapes that are easy to get wrong.
    static let zoo = """
        enum plain { PLAIN_A, PLAIN_B = 5 };
        enum negative { NEGATIVE_A = -3, NEGATIVE_B };
        enum { LOOSE_A = 7, LOOSE_B };
        struct only_declared;
        union only_declared_union;
        struct node { struct node *next, *previous; struct other *other; };
        struct other { struct node node; struct { int x; union { long y; char z[3]; }; } inner; };
        typedef struct other other_t;
        typedef int (*callback_t)(other_t *, const char *, ...);
        typedef void *(*maker_t)(callback_t (*)(int), struct only_declared *);
        struct zoo {
            int bits_a: 3; unsigned bits_b: 5; long long bits_c: 40;
            const char *const *text; volatile struct only_declared *declared; union only_declared_union *in_union;
            struct { int x; } named; union { long q; int r; };
            int matrix[3][4]; _Bool truth; double wide; float narrow;
            enum plain plain; enum negative negative; callback_t call; maker_t make; other_t other;
            const volatile int qualified; char *restrict restricted; void (*table[4])(int); int (*row)[7]; int tail[];
        };
        struct zoo *zoo; other_t *others; struct node nodes[2];
        int loose = LOOSE_B; static int hidden;
        enum plain a_plain; enum negative a_negative; callback_t a_callback; maker_t a_maker;
        int work(int count, struct zoo *animals) { hidden += count; return hidden + animals->bits_a; }
        """

    /// Structs whose layout a header must tell the compiler about.
    static let layouts = """
        struct bits { int a: 3; int: 0; int b: 5; unsigned char c: 2; unsigned char d: 7; long e: 33; short f: 1; };
        struct gap { char a; int: 32; char b; short: 4; short c: 3; } ;
        struct packed { char a; int b; short c; long d; } __attribute__((packed));
        struct packed_bits { char a; int b: 17; long c: 50; char d; } __attribute__((packed));
        struct half_packed { char a; int b; } __attribute__((packed, aligned(4)));
        struct lined { int a; struct { int x; } b __attribute__((aligned(64))); char c; } __attribute__((aligned(128)));
        union lined_union { char a; int b; } __attribute__((aligned(32)));
        union packed_union { char a[5]; int b; } __attribute__((packed));
        struct holds { char a; union lined_union u; struct packed p; union packed_union q; struct half_packed h[3]; };
        struct inner_padding { char a; struct { char x; long: 64; int y; } b; union { char c[3]; short d; } e; };
        struct empty {}; struct with_empty { struct empty a; int b; struct empty c; };
        struct flexible { int n; struct { char k; short v; } items[]; };
        struct big_gap { char a; int b __attribute__((aligned(4096))); };
        struct wide { __int128 a; char b; long double c; } ;
        enum __attribute__((mode(byte))) tiny { TINY }; enum small { SMALL } __attribute__((mode(HI)));
        enum large { LARGE = 0x1234567890LL }; enum forced { FORCED } __attribute__((mode(DI)));
        struct enums { enum tiny a; enum small b; enum large c; enum forced d; enum tiny e: 3; };
        struct tagged { int a; }; typedef struct { struct tagged t; } tagged; union clash { int a; };
        typedef struct chain_b chain_b; struct chain_a { chain_b *b; }; struct chain_b { struct chain_a a; chain_b *me; };
        """

    /// Compiles C for BPF and returns its .BTF section.
    ///
    /// - Parameters:
    ///   - source: the C file.
    ///   - target: `bpf` or `bpfeb`.
    /// - Returns: the section's bytes.
    /// - Throws: what the compiler says.
    static func clang(_ source: String, target: String = "bpf") throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        let path = try directory.write(source, to: "fixture.c")
        let object = directory.path("fixture.o")
        try Tool.run("clang", ["-target", target, "-g", "-O1", "-c", path, "-o", object])
        let types = try section(".BTF", of: [UInt8](Data(contentsOf: URL(fileURLWithPath: object))))
        try Corpus.keep(types, for: .btf)
        return types
    }

    /// Compiles C for this machine and returns what pahole makes of its DWARF.
    ///
    /// - Parameters:
    ///   - source: the C file.
    ///   - base: the base for split BTF.
    /// - Returns: the BTF's bytes.
    /// - Throws: what the tools say.
    static func pahole(_ source: String, base: [UInt8]? = nil) throws -> [UInt8] {
        let directory = try TemporaryDirectory()
        let path = try directory.write(source, to: "fixture.c")
        let (object, output) = (directory.path("fixture.o"), directory.path("fixture.btf"))
        try Tool.run("gcc", ["-g", "-fno-eliminate-unused-debug-types", "-w", "-c", path, "-o", object])
        var arguments = ["-J", "--btf_gen_floats", "--btf_encode_detached=\(output)"]
        if let base {
            try Data(base).write(to: URL(fileURLWithPath: directory.path("base.btf")))
            arguments.append("--btf_base=\(directory.path("base.btf"))")
        }
        try Tool.run("pahole", arguments + [object])
        try Corpus.keep(fileAt: output, for: .btf)
        return try [UInt8](Data(contentsOf: URL(fileURLWithPath: output)))
    }

    struct NoSection: Error {}

    /// Finds a section of a 64-bit ELF file of either byte order.
    private static func section(_ name: String, of file: [UInt8]) throws -> [UInt8] {
        func number(_ at: Int, _ width: Int) -> Int {
            let bytes = file[at..<at + width]
            return (file[5] == 1 ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
        }
        let headers = number(0x28, 8)
        let names = number(headers + 64 * number(0x3e, 2) + 0x18, 8)
        for index in 0..<number(0x3c, 2) {
            let header = headers + 64 * index
            let start = names + number(header, 4)
            guard file[start...].starts(with: Array(name.utf8) + [0]) else { continue }
            let offset = number(header + 0x18, 8)
            return Array(file[offset..<offset + number(header + 0x20, 8)])
        }
        throw NoSection()
    }
}

/// Collects printed text.
struct Collector: TextOutputStream {
    private(set) var text = ""
    mutating func write(_ string: String) { text += string }
}

extension BTF {
    /// The dump as one text.
    func dumped(as format: DumpFormat) throws -> String {
        var output = Collector()
        try dump(as: format, to: &output)
        return output.text
    }

    /// The first type of a name and kind.
    func first(_ kind: Kind, _ name: String) -> TypeID? {
        ids.first { self.kind(of: $0) == kind && self.name(of: $0) == name }
    }
}

/// A generator that gives the same numbers for the same seed: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
