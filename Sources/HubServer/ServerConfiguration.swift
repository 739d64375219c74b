public import Logging

/// How a server is run.
public struct ServerConfiguration: Sendable {
    /// The path of the store, which must exist; it is opened for reading.
    public var storePath: String
    /// The name or address to listen on.
    public var host: String
    /// The port to listen on; 0 lets the system choose one.
    public var port: Int
    /// The folder for compressed files and bundles, which take long to make. It may be deleted while no server runs.
    public var cacheDirectory: String
    /// The most bytes that the folder may hold; what has not been used for longest goes first.
    public var cacheLimit = 4 << 30
    /// The most bytes that an uploaded BPF object or relocation request log may have.
    public var uploadLimit = 64 << 20
    /// How many compressions and bundles are worked on at once.
    public var concurrentWork = 2
    /// Takes a line per request and what the operator should know.
    public var logger: Logger
    /// Called with the port once the server listens.
    public var onListening: @Sendable (_ port: Int) -> Void = { _ in }

    /// Describes a server.
    ///
    /// - Parameters:
    ///   - storePath: the path of the store.
    ///   - host: the name or address to listen on.
    ///   - port: the port to listen on; 0 lets the system choose one.
    ///   - cacheDirectory: the folder for derived files; by default one beside the store, `STORE-cache`.
    ///   - logger: where log lines go.
    public init(
        storePath: String,
        host: String = "127.0.0.1",
        port: Int = 8080,
        cacheDirectory: String? = nil,
        logger: Logger
    ) {
        self.storePath = storePath
        self.host = host
        self.port = port
        self.cacheDirectory = cacheDirectory ?? storePath + "-cache"
        self.logger = logger
    }

    /// Splits the value of `--listen` into host and port.
    ///
    /// - Parameter text: `HOST:PORT`, `[IPV6]:PORT` or `:PORT`, which is every address.
    /// - Returns: host and port, or nil when the text is none of these.
    public static func parseListen(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        return (host.isEmpty ? "0.0.0.0" : String(host), Int(port))
    }
}
