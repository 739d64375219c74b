import TestSupport
import Testing

/// `hubctl check` on files, without an archive.
@Suite struct CheckTests {
    private let hub: Hub

    init() throws {
        hub = try Hub()
        let kernel = try CompiledBTF.kernel("first")
        let module = try CompiledBTF.compile(
            "struct tracked { long pad; int state; } tracked; int use(struct tracked *p) { return p->state; }",
            base: kernel
        )
        let program = try CompiledBPF.compile(
            """
            struct tracked { int state; } __attribute__((preserve_access_index));
            __attribute__((section("kprobe/f"), used)) int program(struct tracked *p) { return p->state; }
            """
        )
        try hub.write(kernel, to: "vmlinux.btf")
        try hub.write(module, to: "tracker.btf")
        try hub.write(program, to: "app.o")
    }

    @Test func typesOfModules() throws {
        let (app, vmlinux) = (hub.path("app.o"), hub.path("vmlinux.btf"))
        let found = try hub.hubctl("check", app, "--btf", vmlinux, "--module", hub.path("tracker.btf"))
        #expect(found.status == 0)
        #expect(found.text.contains("in module tracker: tracked.state"))
        let without = try hub.hubctl("check", app, "--btf", vmlinux)
        #expect(without.status == 1)
        let none = try hub.hubctl(
            "check",
            app,
            "--btf",
            vmlinux,
            "--module",
            hub.path("tracker.btf"),
            "--modules",
            "none"
        )
        #expect(none.status == 1)
    }

    @Test func moduleWithoutItsKernel() throws {
        let (vmlinux, module) = (hub.path("vmlinux.btf"), hub.path("tracker.btf"))
        for kernels in [[], ["--btf", vmlinux, "--btf", vmlinux]] {
            let result = try hub.hubctl(["check", hub.path("app.o"), "--module", module] + kernels)
            #expect(result.status == 64)
            #expect(result.diagnostics.contains("--module goes with one --btf"))
        }
    }
}
