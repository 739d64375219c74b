import BTF
import FuzzSupport
import Minimizer

/// Feeds libFuzzer's bytes to all that reads BPF objects and request logs, and solves and minimises what comes out.
///
/// The first byte says what the rest is: an ELF object, a relocation request log, or a kernel's BTF for a sound object.
@main enum FuzzObject {
    static func main() {
        FuzzTarget.run { data, size in
            let bytes = FuzzTarget.bytes(data, size)
            if let kind = bytes.first { FuzzObject.take(Array(bytes.dropFirst()), as: kind) }
            return 0
        }
    }

    /// One input. What throws is an answer; what traps or reads outside is found.
    private static func take(_ bytes: [UInt8], as kind: UInt8) {
        switch kind {
        case UInt8(ascii: "o"):
            guard let object = try? BPFObject(bytes: bytes, name: "object") else { return }
            minimize(RelocationRequestLog(of: [object]), on: object.types)
        case UInt8(ascii: "l"):
            guard let log = try? RelocationRequestLog(json: bytes, name: "log"), let first = log.objects.first else {
                return
            }
            minimize(log, on: first.types)
        case UInt8(ascii: "k"):
            // An object's length in four bytes, the object, a kernel.
            guard bytes.count >= 4 else { return }
            let length = bytes[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - 4,
                let object = try? BPFObject(bytes: Array(bytes[4..<4 + length]), name: "object"),
                let kernel = try? BTF(parsing: Array(bytes[(4 + length)...]))
            else { return }
            minimize(RelocationRequestLog(of: [object]), on: kernel)
        default:
            return
        }
    }

    private static func minimize(_ log: RelocationRequestLog, on types: BTF) {
        let minimized = try? Minimizer(log).minimize(KernelTypes(vmlinux: types))
        for record in minimized?.log.records ?? [] { _ = try? record.json() }
    }
}
