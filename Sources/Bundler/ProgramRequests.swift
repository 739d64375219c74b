internal import HubStore
public import Minimizer

/// Reads what programs ask for.
public enum ProgramRequests {
    /// Reads a BPF object, or a relocation request log in JSON, which stands in for objects.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - name: the file's path, or what errors call the bytes.
    /// - Returns: the requests, object by object; those of a BPF object carry the file's SHA-256.
    /// - Throws: `BPFObjectError` or `RequestLogError`, which name the file.
    public static func read(_ bytes: [UInt8], name: String) throws -> [ObjectRequests] {
        if bytes.first == UInt8(ascii: "{") { return try RelocationRequestLog(json: bytes, name: name).objects }
        let requests = try BPFObject(bytes: bytes, name: name).requests
        return [
            ObjectRequests(
                object: requests.object,
                digest: ContentDigest(of: bytes).description,
                types: requests.types,
                requests: requests.requests,
                programs: requests.programs
            )
        ]
    }
}
