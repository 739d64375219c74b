import ArgumentParser
import CommandSupport
import HubServer
import HubStore
import Logging

struct ServeCommand: AsyncHubCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the archive over HTTP.",
        discussion: """
            Downloads of kernels and bundles for uploaded programs; GET / tells more. Compressed files and bundles are \
            made once and kept in the cache folder. SIGTERM ends the server when what is under way is answered.
            """
    )

    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:8080"
    @Option(help: ArgumentHelp("The folder for derived files. (default: beside the archive)", valueName: "folder"))
    var cache: String?
    @Flag(help: "Log each request.") var verbose = false

    func validate() throws {
        if ServerConfiguration.parseListen(listen) == nil {
            throw ValidationError("--listen takes HOST:PORT, [IPV6]:PORT or :PORT")
        }
    }

    func execute() async throws {
        guard let (host, port) = ServerConfiguration.parseListen(listen) else { return }
        var logger = Logger(label: "hubctl.serve") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = verbose ? .info : .notice
        var configuration = ServerConfiguration(
            storePath: store.path ?? HubStore.defaultPath(),
            host: host,
            port: port,
            cacheDirectory: cache,
            logger: logger
        )
        let path = configuration.storePath
        configuration.onListening = { port in
            let shown = host.contains(":") ? "[\(host)]" : host
            Printing.remark("serving \(path) on http://\(shown):\(port)/")
        }
        try await HubServer(configuration: configuration).run()
    }
}
