internal import Bundler
internal import HubStore
internal import Hummingbird
internal import HummingbirdCore
internal import Logging

/// The archive over HTTP: downloads, the list of kernels, and bundles for uploaded objects.
public struct HubServer: Sendable {
    private let configuration: ServerConfiguration
    private let hub: Hub

    /// Opens the store and the folder for derived files.
    ///
    /// - Parameter configuration: how the server is run.
    /// - Throws: `StoreError` when the store cannot be opened, `CacheError` when the folder cannot be used.
    public init(configuration: ServerConfiguration) throws {
        self.configuration = configuration
        hub = Hub(
            store: try HubStore(configuration.storePath, access: .readOnly),
            solutionFolder: SolutionFolder.beside(cacheDirectory: configuration.cacheDirectory),
            cache: try DerivedCache(directory: configuration.cacheDirectory, limit: configuration.cacheLimit),
            reading: BlockingWork(label: "reading", concurrency: 8, backlog: 1024),
            making: BlockingWork(label: "making", concurrency: configuration.concurrentWork, backlog: 64),
            uploads: Turnstile(limit: 16),
            uploadLimit: configuration.uploadLimit,
            metrics: PrometheusRegistry()
        )
    }

    /// Serves until the process is told to stop (SIGTERM, SIGINT) or the task is cancelled.
    ///
    /// On a signal no new connection is taken, and requests that are under way are answered.
    ///
    /// - Throws: an error of the network when the address cannot be listened on.
    public func run() async throws {
        let router = Router(context: BasicRequestContext.self)
        router.middlewares.add(ObservationMiddleware(metrics: hub.metrics))
        router.middlewares.add(ErrorMiddleware())
        hub.addRoutes(to: router)
        let logger = configuration.logger
        let onListening = configuration.onListening
        let application = Application(
            router: router,
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: "btf-hub",
                availableConnectionsDelegate: MaximumAvailableConnections(1024)
            ),
            onServerRunning: { channel in
                guard let port = channel.localAddress?.port else { return }
                logger.info("listening", metadata: ["port": "\(port)"])
                onListening(port)
            },
            logger: logger
        )
        try await application.runService()
    }
}

/// What the routes work with.
struct Hub: Sendable {
    let store: HubStore
    /// Where solutions are kept from one bundle to the next.
    let solutionFolder: String
    let cache: DerivedCache
    /// Runs reads of the store, which block.
    let reading: BlockingWork
    /// Runs what takes long: compressing and bundling.
    let making: BlockingWork
    /// Counts uploads, which are held in memory.
    let uploads: Turnstile
    let uploadLimit: Int
    let metrics: PrometheusRegistry

    func addRoutes(to router: Router<BasicRequestContext>) {
        addHomeRoutes(to: router)
        addKernelRoutes(to: router)
        addDownloadRoutes(to: router)
        addBundleRoutes(to: router)
        addOperationRoutes(to: router)
    }
}
