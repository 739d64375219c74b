import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// The vmlinux of Debian's linux-image-cloud-amd64-dbg, where HUB_TEST_VMLINUX names it.
private let vmlinux = ProcessInfo.processInfo.environment["HUB_TEST_VMLINUX"]

/// A whole kernel, for which there has to be one: set HUB_TEST_VMLINUX to the path of a Debian vmlinux with DWARF.
@Suite(.enabled(if: vmlinux != nil, "HUB_TEST_VMLINUX does not name a kernel"))
struct RealKernelTests {
    @Test("Every type is one of pahole's, and every one of pahole's types is there")
    func agreesWithPahole() throws {
        let directory = try TemporaryDirectory()
        let path = try #require(vmlinux)
        let ours = try Workshop.convert(path, .init(threads: 2))
        let theirs = try Workshop.pahole(path, in: directory)
        func types(_ btf: BTF) -> Set<String> { btf.lines.filter { !$0.hasPrefix("FUNC") } }
        #expect(types(ours).subtracting(types(theirs)) == [])
        #expect(types(theirs).subtracting(types(ours)) == [])
        func functions(_ btf: BTF) -> Set<String> {
            Set(btf.ids.filter { btf.kind(of: $0) == .function }.map { btf.name(of: $0) })
        }
        let common = functions(ours).intersection(functions(theirs)).count
        #expect(Double(common) >= 0.97 * Double(functions(theirs).count))
    }

    @Test("The same bytes with one thread and with two")
    func isDeterministic() throws {
        let path = try #require(vmlinux)
        #expect(try Workshop.convert(path).serialized() == Workshop.convert(path, .init(threads: 2)).serialized())
    }
}
