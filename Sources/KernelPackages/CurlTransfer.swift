import CCurl
import CCurlShims
import Synchronization

/// One request through libcurl, appended to a partial file; the only place that calls libcurl.
final class CurlTransfer {
    /// How a request ended that did not end well.
    enum Failure: Error {
        /// The file could not be written, or what came in cannot be right.
        case fatal(DownloadError)
        /// The server does not let a transfer go on from the middle.
        case cannotResume
        /// Something that may go away by itself.
        case transient(DownloadError)
    }

    private let file: PartialFile
    private let package: AvailablePackage
    private let isCancelled: CancellationFlag
    private let progress: (DownloadProgress) -> Void
    private var failure: DownloadError?
    private var lastReport = ContinuousClock.now
    private static let reportInterval = Duration.milliseconds(100)

    /// libcurl's global state, set up once.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(
        of package: AvailablePackage,
        to file: PartialFile,
        cancellation: CancellationFlag,
        progress: @escaping (DownloadProgress) -> Void
    ) {
        self.package = package
        self.file = file
        self.progress = progress
        isCancelled = cancellation
    }

    /// Fetches what the file lacks; blocks.
    func run(_ options: DownloadOptions) throws(Failure) {
        guard Self.isReady, let handle = curl_easy_init() else {
            throw .fatal(.unreachable(url: package.url, detail: "libcurl cannot be set up"))
        }
        defer { curl_easy_cleanup(handle) }
        let isResumed = file.size > 0
        setUp(handle, options)
        let code = curl_easy_perform(handle)
        if code == CURLE_OK { return }
        if isCancelled.isSet { throw .fatal(.cancelled) }
        if let failure { throw .fatal(failure) }
        var status = 0
        hub_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        if isResumed, code == CURLE_RANGE_ERROR || code == CURLE_BAD_DOWNLOAD_RESUME || status == 416 {
            throw .cannotResume
        }
        throw classify(code, status: status)
    }

    private func setUp(_ handle: UnsafeMutableRawPointer, _ options: DownloadOptions) {
        hub_curl_set_text(handle, CURLOPT_URL, package.url)
        hub_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https,file")
        hub_curl_set_text(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        hub_curl_set_text(handle, CURLOPT_USERAGENT, "btf-hub")
        if let proxy = options.proxy(for: package.url) { hub_curl_set_text(handle, CURLOPT_PROXY, proxy) }
        hub_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        hub_curl_set_long(handle, CURLOPT_FAILONERROR, 1)
        hub_curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 1)
        hub_curl_set_long(handle, CURLOPT_MAXREDIRS, 5)
        hub_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT, Int(options.connectTimeout.components.seconds))
        hub_curl_set_long(handle, CURLOPT_LOW_SPEED_LIMIT, options.lowSpeedLimit)
        hub_curl_set_long(handle, CURLOPT_LOW_SPEED_TIME, Int(options.lowSpeedTime.components.seconds))
        hub_curl_set_offset(handle, CURLOPT_RESUME_FROM_LARGE, curl_off_t(clamping: file.size))
        let context = Unmanaged.passUnretained(self).toOpaque()
        hub_curl_set_write(
            handle,
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().accept(piece)
            },
            context
        )
        hub_curl_set_progress(
            handle,
            { context, _, _, _, _ in
                guard let context else { return 1 }
                return Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().isCancelled.isSet ? 1 : 0
            },
            context
        )
    }

    /// libcurl's write callback; any answer but the number of bytes ends the transfer.
    private func accept(_ piece: UnsafeRawBufferPointer) -> Int {
        if isCancelled.isSet { return 0 }
        let total = file.size + UInt64(piece.count)
        guard total <= package.size else {
            failure = .wrongSize(url: package.url, expected: package.size, actual: total)
            return 0
        }
        do throws(DownloadError) {
            try file.append(piece)
        } catch {
            failure = error
            return 0
        }
        if lastReport.duration(to: .now) >= Self.reportInterval {
            lastReport = .now
            progress(DownloadProgress(received: file.size, total: package.size))
        }
        return piece.count
    }

    private func classify(_ code: CURLcode, status: Int) -> Failure {
        let detail = String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_HTTP_RETURNED_ERROR:
            let error = DownloadError.refused(url: package.url, status: status)
            let isTransient = status >= 500 || status == 408 || status == 429
            return isTransient ? .transient(error) : .fatal(error)
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT: return .fatal(.unsupportedURL(package.url))
        case CURLE_FILE_COULDNT_READ_FILE, CURLE_TOO_MANY_REDIRECTS, CURLE_PEER_FAILED_VERIFICATION:
            return .fatal(.unreachable(url: package.url, detail: detail))
        default: return .transient(.unreachable(url: package.url, detail: detail))
        }
    }
}

/// Tells a transfer on another thread to stop.
final class CancellationFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}
