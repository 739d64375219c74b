import ArgumentParser
import CommandSupport
import Foundation
import HubStore
import HubWorker

/// What both commands may use.
struct WorkerOptions: ParsableArguments {
    @OptionGroup var store: StoreOptions
    @Option(help: ArgumentHelp("How many threads may decompress and convert.", valueName: "n")) var threads = 2
    @Option(
        help: ArgumentHelp(
            "The folder for packages on their way. (default: $XDG_CACHE_HOME/btf-hub, else ~/.cache/btf-hub)",
            valueName: "folder"
        )
    )
    var workDir: String?

    func validate() throws {
        if !(1...256).contains(threads) { throw ValidationError("--threads takes a number from 1 to 256") }
    }

    /// Opens the store, made where there is none, and a worker on it.
    func worker(_ listener: @escaping Worker.Listener) throws -> Worker {
        var options = Worker.Options(workDirectory: workDir ?? Self.defaultWorkDirectory)
        options.threads = threads
        return Worker(store: try store.open(.create), options: options, listener: listener)
    }

    private static var defaultWorkDirectory: String {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/var") + "/.cache"
        return cache + "/btf-hub"
    }
}
