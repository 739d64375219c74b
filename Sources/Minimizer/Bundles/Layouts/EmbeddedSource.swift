import KernelIdentity

/// C source that one static binary is compiled with: all BTF of a bundle, and an index by build-id and by release.
///
/// Nothing in it comes from outside but names and build-ids; names are printable ASCII and written as escaped string
/// literals.
struct EmbeddedSource {
    static let headerName = "btfhub_bundle.h"
    static let sourceName = "btfhub_bundle.c"

    private var blobs: [UInt8] = []
    private var numbers: [String: Int] = [:]
    private var sizes: [Int] = []
    private var kernels: [(kernel: BundleKernel, blob: Int)] = []

    /// The order in which kernels are numbered: by release, then by what else tells them apart.
    static func ordered(_ kernels: some Sequence<BundleKernel>) -> [BundleKernel] {
        Set(kernels).sorted { one, other in
            for (left, right) in zip(key(of: one), key(of: other)) where left != right {
                return left.utf8.lexicographicallyPrecedes(right.utf8)
            }
            return false
        }
    }

    private static func key(of kernel: BundleKernel) -> [String] {
        let name = kernel.name
        return [name.release, name.architecture.machine, name.distribution, name.version]
    }

    /// Adds a kernel, in that order.
    mutating func add(_ kernel: BundleKernel, _ btf: BundleBTF, _ contents: inout BundleContents) throws {
        let number: Int
        if let known = numbers[btf.digest] {
            number = known
        } else {
            number = sizes.count
            numbers[btf.digest] = number
            sizes.append(btf.bytes.count)
            appendBlob(number, btf.bytes)
            contents.size += btf.bytes.count
            contents.btfCount += 1
        }
        kernels.append((kernel, number))
        contents.entries.append(
            BundleContents.Entry(
                kernel: kernel,
                archive: nil,
                paths: ["btfhub_blob_\(number)"],
                digest: btf.digest,
                modules: [:]
            )
        )
    }

    private mutating func appendBlob(_ number: Int, _ bytes: [UInt8]) {
        // BTF is read as 32-bit words.
        blobs += "static const unsigned char btfhub_blob_\(number)[\(bytes.count)]\n".utf8
        blobs += "    __attribute__((aligned(8))) = {".utf8
        for (index, byte) in bytes.enumerated() {
            if index.isMultiple(of: 24) { blobs += "\n".utf8 }
            blobs += Self.decimals[Int(byte)]
        }
        blobs += "\n};\n\n".utf8
    }

    private static let decimals: [[UInt8]] = (0...255).map { Array("\($0),".utf8) }

    /// The header and the source.
    func files() -> [(name: String, contents: [UInt8])] {
        [(Self.headerName, Array(Self.header.utf8)), (Self.sourceName, source())]
    }

    private func source() -> [UInt8] {
        var text = Array(Self.preamble.utf8)
        text += blobs
        text += "static const struct blob blobs[] = {\n".utf8
        for (number, size) in sizes.enumerated() { text += "    {btfhub_blob_\(number), \(size)},\n".utf8 }
        text += "    {0, 0},\n};\n\nstatic const struct kernel kernels[] = {\n".utf8
        for (kernel, blob) in kernels {
            let strings = Self.key(of: kernel).map(Self.literal).joined(separator: ", ")
            text += "    {\(strings), \(blob)},\n".utf8
        }
        text += "    {0, 0, 0, 0, 0},\n};\n\nstatic const struct build_id build_ids[] = {\n".utf8
        let buildIDs = kernels.compactMap { entry in entry.kernel.buildID.map { (id: $0, blob: entry.blob) } }
        for (id, blob) in buildIDs.sorted(by: { Self.isOrdered($0.id.bytes, before: $1.id.bytes) }) {
            let digits = id.bytes.map { "0x\(String($0, radix: 16))" }.joined(separator: ",")
            text += "    {\(id.bytes.count), {\(digits)}, \(blob)},\n".utf8
        }
        text += "    {0, {0}, 0},\n};\n\n".utf8
        text += "static const size_t kernel_count = \(kernels.count);\n".utf8
        text += "static const size_t build_id_count = \(buildIDs.count);\n".utf8
        return text + Array(Self.functions.utf8)
    }

    /// Shorter ones first, then by bytes: the order of the search in C.
    private static func isOrdered(_ one: [UInt8], before other: [UInt8]) -> Bool {
        one.count == other.count ? one.lexicographicallyPrecedes(other) : one.count < other.count
    }

    /// A string literal of C, whatever is in the text; `?` is escaped because two of them start a trigraph.
    static func literal(_ text: String) -> String {
        var literal = "\""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "?"):
                literal += "\\" + String(Unicode.Scalar(byte))
            case 0x20...0x7e: literal.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let octal = String(byte, radix: 8)
                literal += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
            }
        }
        return literal + "\""
    }
}
