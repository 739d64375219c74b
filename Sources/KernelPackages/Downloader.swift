import Dispatch
import Glibc

/// How far a download has come.
public struct DownloadProgress: Hashable, Sendable {
    /// Bytes that are on disk, those of earlier tries included.
    public let received: UInt64
    /// Bytes that the whole file has.
    public let total: UInt64

    /// Describes how far a download has come.
    ///
    /// - Parameters:
    ///   - received: bytes that are on disk.
    ///   - total: bytes that the whole file has.
    public init(received: UInt64, total: UInt64) {
        self.received = received
        self.total = total
    }
}

/// How patient a downloader is.
public struct DownloadOptions: Hashable, Sendable {
    /// How long a server may take to accept a connection.
    public var connectTimeout: Duration = .seconds(30)
    /// The speed, in bytes per second, below which a transfer counts as stuck.
    public var lowSpeedLimit = 1024
    /// How long a transfer may be stuck.
    public var lowSpeedTime: Duration = .seconds(30)
    /// How often to try again without getting a single byte further.
    public var retries = 4
    /// How long to wait before the first retry; each further one waits twice as long.
    public var firstDelay: Duration = .seconds(1)
    /// The longest wait before a retry.
    public var longestDelay: Duration = .seconds(30)
    /// The proxy for each scheme; libcurl's own variables (`http_proxy` and the like) hold for the others.
    public var proxies: [String: String] = [:]

    /// Makes the options that suit a mirror on the internet.
    public init() {}

    /// The proxy for a URL, by its scheme.
    func proxy(for url: String) -> String? {
        url.split(separator: ":", maxSplits: 1).first.flatMap { proxies[$0.lowercased()] }
    }
}

/// Fetches packages, and gives a file its name only when its size and SHA-256 are what the index says.
public struct Downloader: Sendable {
    private let options: DownloadOptions

    /// Makes a downloader.
    ///
    /// - Parameter options: how patient it is.
    public init(options: DownloadOptions = DownloadOptions()) { self.options = options }

    /// Fetches a package, or what an earlier call has left to fetch in `PATH.partial`.
    ///
    /// - Parameters:
    ///   - package: what to fetch, and what it must be.
    ///   - path: what to name the file; when it is there already and right, nothing is fetched.
    ///   - progress: told about ten times a second how far it has come, on a thread of the download's own.
    /// - Throws: `DownloadError`; whatever came in and may be right is kept for the next call.
    public func fetch(
        _ package: AvailablePackage,
        to path: String,
        progress: @escaping @Sendable (DownloadProgress) -> Void = { _ in }
    ) async throws(DownloadError) {
        let flag = CancellationFlag()
        let isThere = access(path, F_OK) == 0
        if isThere, try await blocking(flag, { () throws(DownloadError) in try Self.isRight(path, package) }) { return }
        var failures = 0
        var delay = options.firstDelay
        while true {
            let attempt = Attempt(package: package, path: path, options: options, flag: flag, progress: progress)
            switch try await blocking(flag, { () throws(DownloadError) in try attempt.run() }) {
            case .done: return
            case .again(let error, let hasProgressed):
                failures = hasProgressed ? 1 : failures + 1
                if hasProgressed { delay = options.firstDelay }
                guard failures <= options.retries else { throw error }
                do { try await Task.sleep(for: delay) } catch { throw .cancelled }
                delay = min(delay * 2, options.longestDelay)
            }
        }
    }

    private static func isRight(_ path: String, _ package: AvailablePackage) throws(DownloadError) -> Bool {
        let file = try PartialFile(path: path)
        return file.size == package.size && file.digest == package.digest
    }

    /// Runs what blocks on a thread that is not one of the cooperative ones, and tells it when the task is cancelled.
    private func blocking<Value: Sendable>(
        _ flag: CancellationFlag,
        _ work: @escaping @Sendable () throws(DownloadError) -> Value
    ) async throws(DownloadError) -> Value {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Result<Value, DownloadError>, Never>) in
                DispatchQueue.global().async { continuation.resume(returning: Result(catching: work)) }
            }
        } onCancel: {
            flag.set()
        }
        return try result.get()
    }
}

/// One try of a download.
private struct Attempt: Sendable {
    enum End: Sendable {
        case done
        case again(DownloadError, hasProgressed: Bool)
    }

    let package: AvailablePackage
    let path: String
    let options: DownloadOptions
    let flag: CancellationFlag
    let progress: @Sendable (DownloadProgress) -> Void

    func run() throws(DownloadError) -> End {
        let file = try PartialFile(path: path + ".partial")
        if file.size > package.size { try file.reset() }
        let start = file.size
        progress(DownloadProgress(received: start, total: package.size))
        if start < package.size {
            let transfer = CurlTransfer(of: package, to: file, cancellation: flag, progress: progress)
            do throws(CurlTransfer.Failure) {
                try transfer.run(options)
            } catch {
                switch error {
                case .fatal(let error):
                    if case .wrongSize = error { file.remove() }
                    throw error
                case .transient(let error): return .again(error, hasProgressed: file.size > start)
                case .cannotResume:
                    try file.reset()
                    let error = DownloadError.unreachable(url: package.url, detail: "the server cannot resume")
                    return .again(error, hasProgressed: false)
                }
            }
        }
        progress(DownloadProgress(received: file.size, total: package.size))
        return try check(file, isResumed: start > 0)
    }

    private func check(_ file: PartialFile, isResumed: Bool) throws(DownloadError) -> End {
        let digest = file.digest
        if file.size == package.size, digest == package.digest {
            try file.publish(as: path)
            return .done
        }
        let error: DownloadError =
            file.size == package.size
            ? .wrongDigest(url: package.url, expected: package.digest, actual: digest)
            : .wrongSize(url: package.url, expected: package.size, actual: file.size)
        // What an earlier try has left may be of another file: begin once more from the front.
        if isResumed {
            try file.reset()
            return .again(error, hasProgressed: false)
        }
        file.remove()
        throw error
    }
}
