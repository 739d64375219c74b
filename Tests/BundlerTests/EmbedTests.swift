import Bundler
import Foundation
import KernelIdentity
import Minimizer
import TestSupport
import Testing

/// The C source of a bundle, compiled by gcc into a static program that looks kernels up.
@Suite("Embedded bundles")
struct EmbedTests {
    private let fixture: BundleFixture

    init() throws { fixture = try BundleFixture() }

    private static let program = """
        #include "btfhub_bundle.h"
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>

        static const char *given(const char *text) { return strcmp(text, "-") ? text : NULL; }

        int main(int count, char **arguments)
        {
            size_t size = 0, length = 0;
            const void *btf;
            unsigned char id[64];

            if (count == 2) {
                for (const char *digits = arguments[1]; digits[0]; digits += 2, length++) {
                    char pair[3] = {digits[0], digits[1], 0};
                    id[length] = (unsigned char)strtoul(pair, NULL, 16);
                }
                btf = btfhub_by_build_id(id, length, &size);
            } else {
                btf = btfhub_by_release(arguments[1], arguments[2], given(arguments[3]), given(arguments[4]), &size);
            }
            if (!btf)
                return 3;
            if ((uintptr_t)btf % 8)
                return 4;
            return fwrite(btf, 1, size, stdout) == size ? 0 : 5;
        }
        """

    private func compile(_ filter: KernelFilter = .all) throws -> String {
        _ = try fixture.writeFiles(try fixture.plan(.embed, filter), to: "embed")
        let folder = fixture.folder.path("embed")
        _ = try fixture.folder.write(Self.program, to: "embed/main.c")
        try Tool.run(
            "gcc",
            [
                "-static", "-O1", "-Wall", "-Wextra", "-Werror", "-pedantic", "-std=c11", "-o", "\(folder)/main",
                "\(folder)/main.c", "\(folder)/btfhub_bundle.c",
            ]
        )
        try Tool.run("g++", ["-fsyntax-only", "-x", "c++", "\(folder)/btfhub_bundle.h"])
        return "\(folder)/main"
    }

    private func look(_ program: String, _ arguments: String...) throws -> (status: Int32, bytes: [UInt8]) {
        let result = try Tool.attempt(program, arguments)
        return (result.status, Array(result.output))
    }

    @Test("a static program finds each kernel by build-id and by release")
    func lookups() throws {
        let program = try compile()
        let first = try BundleFixture.minimized(BundleFixture.first)
        let third = try BundleFixture.minimized(BundleFixture.third)
        #expect(first != third)
        for (id, expected) in [("c0de07", first), ("aa01", first), ("aa02", first), ("aa03", third), ("bb01", first)] {
            let found = try look(program, id)
            #expect(found.status == 0 && found.bytes == expected, "\(id)")
        }
        for id in ["", "aa", "aa0202", "ffff", "0000"] { #expect(try look(program, id).status == 3, "\(id)") }
        #expect(try look(program, "6.1.0-57-cloud-amd64", "x86_64", "-", "-").bytes == third)
        #expect(try look(program, "6.1.0-9-arm64", "aarch64", "debian", "12").bytes == first)
        #expect(try look(program, "6.2.9-300.fc38.x86_64", "x86_64", "fedora", "-").bytes == first)
        for (release, machine, distribution) in [
            ("6.1.0-57-cloud-amd64", "aarch64", "-"), ("6.1.0-57", "x86_64", "-"), ("9", "x86_64", "-"),
            ("6.1.0-57-cloud-amd64", "x86_64", "ubuntu"),
        ] { #expect(try look(program, release, machine, distribution, "-").status == 3) }
    }

    @Test("a release that means several kernels with other types needs its distribution")
    func ambiguous() throws {
        try fixture.add("debian/13/x86_64/6.1.0-57-cloud-amd64", BundleFixture.first.get())
        let program = try compile()
        let third = try BundleFixture.minimized(BundleFixture.third)
        #expect(try look(program, "6.1.0-57-cloud-amd64", "x86_64", "-", "-").status == 3)
        #expect(try look(program, "6.1.0-57-cloud-amd64", "x86_64", "debian", "12").bytes == third)
    }

    @Test("a bundle without kernels compiles and finds nothing")
    func empty() throws {
        let program = try compile(KernelFilter(distribution: "none"))
        #expect(try look(program, "aa01").status == 3)
        #expect(try look(program, "6.1.0-9-arm64", "aarch64", "-", "-").status == 3)
    }
}
