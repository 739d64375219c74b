import BTF
import Conversion
import ELF
import TestSupport
import Testing

@Suite("BTF in an image without a section table")
struct FlatImageTests {
    private static func convert(_ bytes: [UInt8]) throws -> BTF { try BootImageTests.convert(bytes) }

    @Test("found at any offset and in either byte order", arguments: [false, true])
    func offsets(isBigEndian: Bool) throws {
        let blob = try isBigEndian ? Workshop.bigEndianTypes() : Workshop.types()
        let expected = try BTF(parsing: blob).canonicalized().serialized()
        for before in [0, 1, 2, 3, 4, 4096, 4099] {
            for after in [0, 1, 24, 4096] {
                let image = Workshop.noise(before) + blob + Workshop.noise(after, seed: 2)
                #expect(try Self.convert(image).serialized() == expected, "\(before) before and \(after) after")
            }
        }
    }

    @Test("a BPF object's BTF is not the kernel's, be it larger or the only one")
    func others() throws {
        let members = (0..<200).map { "int member_\($0);" }.joined()
        let source = "struct event { \(members) } e; int main(void) { return e.member_0; }"
        let other = try Workshop.bpfTypes(source, target: "bpf")
        let kernel = try Workshop.types()
        #expect(other.count > kernel.count)
        let expected = try BTF(parsing: kernel).canonicalized().serialized()
        let image = Workshop.flat(other) + Workshop.flat(kernel) + other + Workshop.noise(100)
        #expect(try Self.convert(Workshop.arm64Image(image)).serialized() == expected)
        #expect(throws: ConversionError.noKernel(file: "image", format: "arm64 Image")) {
            try Self.convert(Workshop.arm64Image(Workshop.flat(other)))
        }
        // Where there is more than one kernel's, the larger one describes more.
        let small = try CompiledBTF.compile("struct task_struct { int pid; } t;")
        let two = Workshop.flat(small) + Workshop.flat(kernel) + Workshop.flat(small)
        #expect(try Self.convert(Workshop.arm64Image(two)).serialized() == expected)
    }

    @Test("a longer header, with sections in another order and room between them")
    func longHeader() throws {
        let blob = try Workshop.types()
        let btf = try BTF(parsing: blob)
        let types = Array(blob[24..<24 + btf.typesLength])
        let strings = Array(blob[(24 + btf.typesLength)...])
        let typesStart = (strings.count + 100) / 4 * 4
        let header =
            Workshop.word(0x0001_eb9f) + Workshop.word(40) + Workshop.word(typesStart) + Workshop.word(types.count)
            + Workshop.word(0) + Workshop.word(strings.count) + Workshop.noise(16)
        let room = [UInt8](repeating: 0, count: typesStart - strings.count)
        let image = Workshop.flat(header + strings + room + types)
        #expect(try Self.convert(image).serialized() == btf.canonicalized().serialized())
    }

    @Test("BTF that is cut off or damaged is told, with its place")
    func damage() throws {
        let blob = try Workshop.types()
        let before = Workshop.noise(4000)
        for kept in [25, 100, blob.count / 2, blob.count - 1] {
            let error = #expect(throws: ConversionError.self) {
                try Self.convert(Workshop.arm64Image(before + blob[..<kept]))
            }
            guard case .damagedTypes("image", 4064, _)? = error else {
                Issue.record("kept \(kept) bytes: \(String(describing: error))")
                continue
            }
        }
        var lost = 0
        for offset in stride(from: 24, to: blob.count, by: 3) {
            var damaged = blob
            damaged[offset] ^= 0x41
            do {
                let types = try Self.convert(Workshop.arm64Image(before + damaged))
                #expect(types.verify().isEmpty, "byte \(offset)")
            } catch let error as ConversionError {
                lost += 1
                #expect(error.description.hasPrefix("image"), "byte \(offset)")
            }
        }
        #expect(lost > 50)
    }

    @Test("an ELF file's section is proven too")
    func section() throws {
        let blob = try Workshop.types()
        var cut = blob
        cut.removeLast(5)
        let damaged = try Workshop.vmlinux([".BTF": cut])
        let error = #expect(throws: ConversionError.self) { try Self.convert(damaged) }
        guard case .badSection("image", let fault)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(fault.section == .header)
        // An INT of 99 bytes parses and breaks a rule.
        var strange = blob
        let int = try #require(BTF(parsing: blob).ids.first { _ in true })
        #expect(int.rawValue == 1)
        strange[24 + 8] = 99
        #expect(throws: ConversionError.self) { try Self.convert(Workshop.vmlinux([".BTF": strange])) }
    }
}
