import BTF
import HubStore
import KernelIdentity
import TestSupport

/// Kernels that differ a little from one to the next, as updates do, large enough for deltas to pay.
enum SeriesFixture {
    /// The canonical BTF of each kernel, and of a module that goes with it.
    static let kernels = Result { try (0..<6).map { try make($0) } }

    /// A name that each kernel has, and one that the kernel of this number changes.
    static func changedName(_ number: Int) -> String { "part_\(number * 7)" }

    private static func make(_ number: Int) throws -> (kernel: [UInt8], module: [UInt8]) {
        let kernel = try BTF(parsing: CompiledBTF.compile(source(number))).canonicalized()
        let module = try Self.module("struct ext4 { struct part_9 part; struct ext4 *next; } ext4;", number, kernel)
        return (kernel.serialized(), module)
    }

    /// The BTF of a module of the kernel of this number.
    static func module(_ own: String, _ number: Int, _ kernel: BTF) throws -> [UInt8] {
        let bytes = try CompiledBTF.compile(source(number) + own, base: kernel.serialized())
        return try BTF(parsing: bytes, base: kernel).canonicalized().serialized()
    }

    private static func source(_ number: Int) -> String {
        var source = "struct task_struct { int pid; char comm[16]; struct task_struct *parent; };\n"
        for part in 0..<120 {
            let added = (1...6).contains(part / 7) && part % 7 == 0 && part / 7 <= number ? "long added_\(part);" : ""
            source += """
                struct part_\(part) { int kind_\(part); \(added) struct task_struct *owner_\(part); long size; };
                struct part_\(part) value_\(part); int run_\(part)(struct part_\(part) *p) { return p->owner_\(part)->pid; }

                """
        }
        // So much that later kernels are stored as deltas of a delta.
        for part in 0..<(number > 2 ? 40 : 0) {
            source += "struct later_\(part) { int own_\(part); struct task_struct *of_\(part); } later_\(part);\n"
        }
        if number > 2 { source += "struct inserted_\(number) { char q; } inserted; " }
        return source
    }

    /// A store that all kernels were added to, oldest first.
    static func store(withModules: Bool = false) throws -> StoreFixture {
        let fixture = try StoreFixture()
        for (number, pair) in try kernels.get().enumerated() {
            let modules = withModules ? [NewModule(name: "ext4", buildID: nil, btf: pair.module)] : []
            try fixture.store.add(
                try StoreFixture.kernel(release(number), btf: pair.kernel, modules: modules),
                from: StoreFixture.package("linux-image-\(release(number))", digest: UInt8(number))
            )
        }
        return fixture
    }

    static func release(_ number: Int) -> String { "6.1.0-\(number)" }
}
