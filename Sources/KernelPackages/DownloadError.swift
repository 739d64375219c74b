/// Why a package could not be fetched.
public enum DownloadError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The task was cancelled; what has come in is kept, and the next call goes on from there.
    case cancelled
    /// The URL's scheme is not http, https or file.
    case unsupportedURL(String)
    /// The server answered, but not with the file.
    case refused(url: String, status: Int)
    /// The server does not answer, or stopped answering; every retry ended so.
    case unreachable(url: String, detail: String)
    /// The server has a file of another size than the index says.
    case wrongSize(url: String, expected: UInt64, actual: UInt64)
    /// The server has another file than the index says.
    case wrongDigest(url: String, expected: PackageDigest, actual: PackageDigest)
    /// The file cannot be written.
    case cannotWrite(path: String, detail: String)
    /// Another process fetches the same file.
    case busy(path: String)

    /// One sentence that says what is wrong and what to do.
    public var description: String {
        switch self {
        case .cancelled: "the download was cancelled"
        case .unsupportedURL(let url): "\(url) is neither http, https nor file"
        case .refused(let url, let status):
            "\(url): the server answers with status \(status); run 'apt-get update' if the index is old"
        case .unreachable(let url, let detail): "\(url): \(detail)"
        case .wrongSize(let url, let expected, let actual):
            "\(url): has \(actual) bytes where the index says \(expected); run 'apt-get update' if the index is old"
        case .wrongDigest(let url, let expected, let actual):
            "\(url): its SHA-256 is \(actual) where the index says \(expected); the mirror's file is damaged or replaced"
        case .cannotWrite(let path, let detail): "\(path): cannot be written: \(detail)"
        case .busy(let path): "\(path): another process is fetching this file"
        }
    }

    /// Whether the fault lies with a server or mirror, not with this host.
    public var isRemote: Bool {
        switch self {
        case .refused, .unreachable, .wrongSize, .wrongDigest: true
        case .cancelled, .unsupportedURL, .cannotWrite, .busy: false
        }
    }
}
