internal import Foundation
internal import KernelIdentity

/// Ties together what a row says, so that a flipped byte in it is found and not served.
///
/// The seal is the first 8 bytes of the SHA-256 over the row's fields, each ended by a zero byte: names as they are,
/// build-ids and digests in hexadecimal, a missing build-id as nothing. The digest is that of the BTF that the row
/// refers to, so that a reference to another BTF does not match either.
enum Seal {
    /// The seal of a kernel's row.
    static func kernel(_ name: KernelName, _ buildID: BuildID?, _ btf: ContentDigest) -> Data {
        seal(["kernel", name.description, buildID?.description ?? "", btf.description])
    }

    /// The seal of a module's row.
    static func module(_ kernel: KernelName, _ name: String, _ buildID: BuildID?, _ btf: ContentDigest) -> Data {
        seal(["module", kernel.description, name, buildID?.description ?? "", btf.description])
    }

    /// The seal of a delta: what it gives, what it is made from, and its bytes.
    static func delta(_ digest: ContentDigest, base: ContentDigest?, payload: [UInt8]) -> Data {
        let text = ["delta", digest.description, base?.description ?? ""].map { $0 + "\0" }.joined()
        return Data(ContentDigest(of: Array(text.utf8) + payload).bytes.prefix(8))
    }

    /// The seal of a delta's script: what the delta gives, what it is made from, and the script.
    static func script(_ digest: ContentDigest, base: ContentDigest, runs: [UInt8]) -> Data {
        Data(ContentDigest(of: Array("script\0".utf8) + digest.bytes + base.bytes + runs).bytes.prefix(8))
    }

    /// The seal of what the types of a kernel's modules are called: the kernel's own seal, the digest of its modules, and
    /// the digests of the sets.
    static func moduleNames(_ kernel: Data, _ modules: ContentDigest, _ sets: [ContentDigest]) -> Data {
        let bytes = Array("names\0".utf8) + Array(kernel) + modules.bytes + sets.flatMap(\.bytes)
        return Data(ContentDigest(of: bytes).bytes.prefix(8))
    }

    /// The seal of a kernel's modules that are stored as deltas: the kernel's own seal, and of each module its name, its
    /// build-id with its length, and its BTF's digest.
    static func moduleDeltas(
        _ kernel: Data,
        _ modules: some Sequence<(name: String, buildID: BuildID?, btf: ContentDigest)>
    ) -> Data {
        var bytes = Array("modules\0".utf8) + Array(kernel)
        for module in modules {
            let buildID = module.buildID?.bytes ?? []
            bytes += Array(module.name.utf8) + [0, UInt8(buildID.count)] + buildID + module.btf.bytes
        }
        return Data(ContentDigest(of: bytes).bytes.prefix(8))
    }

    private static func seal(_ fields: [String]) -> Data {
        let text = fields.map { $0 + "\0" }.joined()
        return Data(ContentDigest(of: Array(text.utf8)).bytes.prefix(8))
    }
}
