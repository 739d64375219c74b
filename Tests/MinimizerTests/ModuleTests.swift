import BTF
import Foundation
import Minimizer
import TestSupport
import Testing

/// Relocations whose target is a type of a kernel module.
@Suite("Modules")
struct ModuleTests {
    private func kernel(in directory: TemporaryDirectory) throws -> KernelTypes {
        let vmlinux = try Workshop.smallKernel(in: directory)
        let (object, module) = (directory.path("module.o"), directory.path("module.btf"))
        try Tool.run("gcc", ["-g", "-w", "-c", "module.c", "-o", object], in: Workshop.programs)
        try Tool.run("pahole", ["--btf_base", vmlinux, "--btf_encode_detached=\(module)", object])
        let base = try Workshop.types(vmlinux)
        let types = try BTF(parsing: Workshop.bytes(module), base: base)
        return KernelTypes(vmlinux: base, modules: [.init(name: "testmodule", types: types)])
    }

    @Test("a module's types answer for names that vmlinux does not have, and come into the same BTF")
    func merged() throws {
        let directory = try TemporaryDirectory()
        let program = """
            #include "core.h"
            struct only_here { int second; struct inner inner; struct thing *thing; } CORE;
            SEC("kprobe") u64 f(struct only_here *here, struct list *list) {
                return here->second + here->inner.pad + here->thing->tint + (u64)list->next + TYPE(0, struct only_here);
            }
            """
        let requests = RelocationRequestLog(of: [
            try BPFObject(path: Workshop.compile(source: program, in: directory))
        ])
        let kernel = try kernel(in: directory)
        let minimized = try Minimizer(requests).minimize(kernel)
        #expect(minimized.log.records.allSatisfy { $0.outcome == .resolved })
        let modules = Dictionary(grouping: minimized.log.records) { $0.target?.module }
        #expect(Set((modules["testmodule"] ?? []).map { $0.local.path.prefix(9) }) == ["only_here", "struct on"])
        #expect(
            Set((modules[nil] ?? []).map(\.local.path)) == ["thing.tint", "list.next"],
            "vmlinux goes before modules"
        )
        // The result stands alone.
        #expect(minimized.types.base == nil && minimized.provenLog.records.allSatisfy { $0.target?.module == nil })
        #expect(minimized.provenLog.records.map(\.value) == minimized.log.records.map(\.value))
        let names = minimized.types.ids.map { minimized.types.name(of: $0) }
        #expect(names.contains("only_here") && names.contains("inner") && !names.contains("list___again"))

        let without = try Minimizer(requests).minimize(KernelTypes(vmlinux: kernel.vmlinux))
        #expect(without.log.records.contains { $0.outcome == .poisoned })
        #expect(without.log.records.contains { $0.outcome == .absent && $0.kind == .typeExists })
    }
}
