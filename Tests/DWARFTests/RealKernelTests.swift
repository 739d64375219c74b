import BTF
import DWARF
import ELF
import Foundation
import TestSupport
import Testing

/// A whole kernel: Debian's current cloud kernel, which scripts/fetch-test-kernel fetches.
@Suite(.enabled(if: RealKernel.isPresent, "there is no real kernel: run scripts/fetch-test-kernel"))
struct RealKernelTests {
    @Test("Every type is one of pahole's, and every one of pahole's types is there")
    func agreesWithPahole() throws {
        let ours = try Workshop.convert(RealKernel.vmlinux, .init(threads: 2))
        let theirs = try BTF(parsing: Array(Data(contentsOf: URL(fileURLWithPath: RealKernel.pahole))))
        // Debian 12's pahole leaves out the variable at the start of its section, which has its name in a declaration only.
        let first = "fixed_percpu_data"
        func types(_ btf: BTF) -> Set<String> {
            let lines = btf.lines.filter { !$0.hasPrefix("FUNC") && !$0.hasPrefix("VAR \(first) ") }
            return Set(lines.map { $0.replacingOccurrences(of: "VAR \(first)@0/48 ", with: "") })
        }
        #expect(ours.ids.contains { ours.kind(of: $0) == .variable && ours.name(of: $0) == first })
        // pahole before 1.25 wrote C's floating point numbers as INT when it wrote detached BTF.
        #expect(types(ours).subtracting(types(theirs)).subtracting(["FLOAT double"]) == [])
        #expect(types(theirs).subtracting(types(ours)).subtracting(["INT double 8 0 64"]) == [])
        func functions(_ btf: BTF) -> Set<String> {
            Set(btf.ids.filter { btf.kind(of: $0) == .function }.map { btf.name(of: $0) })
        }
        let common = functions(ours).intersection(functions(theirs)).count
        #expect(Double(common) >= 0.97 * Double(functions(theirs).count))
    }

    @Test("The same bytes with one thread and with two")
    func isDeterministic() throws {
        let path = RealKernel.vmlinux
        #expect(try Workshop.convert(path).serialized() == Workshop.convert(path, .init(threads: 2)).serialized())
    }
}
