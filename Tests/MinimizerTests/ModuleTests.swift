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

    @Test("split: a BTF for each module that is touched, over the minimised one of vmlinux")
    func split() throws {
        let directory = try TemporaryDirectory()
        let kernel = try kernel(in: directory)
        let program = """
            #include "core.h"
            struct only_here { int second; struct inner inner; } CORE;
            SEC("kprobe") u64 f(struct only_here *here, struct list *list) {
                return here->inner.pad + (u64)list->next + TYPE(1, struct only_here);
            }
            SEC("iter") u64 g(void *context) { return __builtin_btf_type_id(ANCHOR(struct only_here), 1); }
            """
        let requests = RelocationRequestLog(of: [
            try BPFObject(path: Workshop.compile(source: program, in: directory))
        ])
        let minimized = try Minimizer(requests).minimize(kernel, modules: .split)
        let module = try #require(minimized.modules.first)
        #expect(minimized.modules.count == 1 && module.name == "testmodule")
        func names(_ types: BTF) -> Set<String> { Set(types.ids.map { types.name(of: $0) }) }
        #expect(names(minimized.types) == ["", "inner", "int", "list"])
        #expect(names(module.types) == ["only_here"])
        // Both are read back from their bytes, one over the other.
        let base = try BTF(parsing: minimized.bytes)
        let read = try BTF(parsing: module.types.serialized(), base: base)
        let again = RelocationSolver(requests).solve(
            on: KernelTypes(vmlinux: base, modules: [.init(name: module.name, types: read)])
        )
        #expect(again.records.map(\.outcome) == minimized.log.records.map(\.outcome))
        #expect(
            again.records.filter { $0.kind != .typeIDTarget }.map(\.value)
                == minimized.log.records.filter { $0.kind != .typeIDTarget }.map(\.value)
        )
        // cilium/ebpf has no way to name a module's type in an instruction, unless the module is merged.
        func identity(_ minimized: MinimizedBTF) -> RelocationRecord.Outcome? {
            minimized.logs[.cilium]?.records.first { $0.kind == .typeIDTarget }?.outcome
        }
        #expect(identity(minimized) == .poisoned)
        #expect(try identity(Minimizer(requests).minimize(kernel, modules: .merged)) == .resolved)
    }

    @Test("none, and a module that no relocation touches")
    func untouched() throws {
        let directory = try TemporaryDirectory()
        let kernel = try kernel(in: directory)
        let requests = RelocationRequestLog(of: [try BPFObject(path: Workshop.compile("fields", in: directory))])
        let minimizer = Minimizer(requests)
        let alone = try minimizer.minimize(KernelTypes(vmlinux: kernel.vmlinux))
        for use in ModuleUse.allCases {
            let minimized = try minimizer.minimize(kernel, modules: use)
            #expect(minimized.bytes == alone.bytes && minimized.modules.isEmpty, "\(use)")
        }
    }
}
