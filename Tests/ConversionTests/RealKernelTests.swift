import BTF
import Conversion
import ELF
import Foundation
import TestSupport
import Testing

@Suite("Debian's current cloud kernel")
struct RealKernelTests {
    /// The package that `linux-image-cloud-amd64` depends on.
    static let package: String? = {
        guard let shown = try? Tool.attempt("apt-cache", ["show", "linux-image-cloud-amd64"]), shown.status == 0 else {
            return nil
        }
        let names = shown.text.split { " ,\n".contains($0) }
        return names.first { $0.hasPrefix("linux-image-") && $0.hasSuffix("-cloud-amd64") && $0.contains(".") }
            .map(String.init)
    }()

    /// How the tools are called that decompress a payload.
    private static let tools = [
        "lz4 (legacy)": ("lz4", ["-dc"]), "xz": ("xz", ["-dc"]), "zstd": ("zstd", ["-dc", "--long=31"]),
    ]

    @Test(
        "the vmlinuz has the BTF that its payload's section has, and its modules are split over it",
        .enabled(if: package != nil, "apt has no Debian index")
    )
    func image() throws {
        let folder = try TemporaryDirectory()
        let package = try #require(Self.package)
        try Tool.run("apt-get", ["download", "-qq", package], in: folder.url)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        let archive = try #require(names.first { $0.hasSuffix(".deb") })
        try Tool.run("dpkg-deb", ["-x", archive, "tree"], in: folder.url)
        let release = package.dropFirst("linux-image-".count)
        let vmlinuz = folder.path("tree/boot/vmlinuz-\(release)")

        let image = try UnpackedImage(path: vmlinuz)
        let original = try ImageConverter.embeddedTypes(of: image)
        #expect(original.serialized() == (try Self.section(ofPayloadIn: vmlinuz, image.name, folder)))
        let canonical = try ImageConverter(source: .btf).convert(image).btf
        #expect(canonical.typeCount > 80_000)
        #expect(canonical.verify().isEmpty)
        #expect(BTFMeaning(of: canonical, depth: 1).differences(from: BTFMeaning(of: original, depth: 1)).isEmpty)

        let tree = try #require(FileManager.default.enumerator(atPath: folder.path("tree/lib/modules")))
        let modules = tree.compactMap { $0 as? String }.filter { $0.contains(".ko") }.sorted()
        #expect(modules.count > 500)
        for (index, module) in modules.enumerated() where index.isMultiple(of: 20) {
            let file = try UnpackedImage(path: folder.path("tree/lib/modules/\(module)"))
            let types = try ImageConverter(source: .btf, base: original).convert(file).btf
            #expect(types.firstID == original.endID, "\(module)")
            #expect(types.verify().isEmpty, "\(module)")
            let error = #expect(throws: ConversionError.self, "\(module)") {
                try ImageConverter(source: .btf, base: canonical).convert(file)
            }
            guard case .foreignBase? = error else {
                Issue.record("\(module): \(String(describing: error))")
                continue
            }
        }
    }

    /// The .BTF section of the payload, as the compression's own tool and objcopy give it.
    private static func section(
        ofPayloadIn vmlinuz: String,
        _ name: String,
        _ folder: TemporaryDirectory
    ) throws -> [UInt8] {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: vmlinuz)))
        func word(_ offset: Int) -> Int { bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | Int($1) } }
        let start = (Int(bytes[0x1f1]) + 1) * 512 + word(0x248)
        let payload = bytes[start..<start + word(0x24c) - 4]
        try Data(payload).write(to: URL(fileURLWithPath: folder.path("payload")))
        let (tool, arguments) = try #require(tools.first { name.contains($0.key) }?.value)
        let vmlinux = try Tool.run(tool, arguments + [folder.path("payload")]).output
        try vmlinux.write(to: URL(fileURLWithPath: folder.path("vmlinux")))
        return try Workshop.section(".BTF", of: folder.path("vmlinux"))
    }
}
