/// A fault of the store: what is wrong with which file or row, and what to do about it.
///
/// Each error leaves the store as it was before the call that threw it.
public enum StoreError: Error, Hashable, Sendable {
    /// There is no file at this path.
    case missing(path: String)
    /// The file is something else than a store; it is not touched.
    case notAStore(path: String, reason: String)
    /// A newer BTF Hub has written the store.
    case tooNew(path: String, version: Int, supported: Int)
    /// An older BTF Hub has written the store, and it was opened for reading only, so it cannot be brought up to date.
    case tooOld(path: String, version: Int, supported: Int)
    /// SQLite found the file's structure damaged.
    case corrupt(path: String, reason: String)
    /// A stored row or BTF does not match its digest; the subject names it.
    case damaged(path: String, subject: String, reason: String)
    /// The file system is full, or the file has reached a limit on its size.
    case full(path: String)
    /// The store cannot be written: it was opened for reading, or file or folder are write-protected.
    case readOnly(path: String)
    /// Another process kept the store locked for longer than this connection waits.
    case busy(path: String, seconds: Double)
    /// What was to be stored is no BTF; the subject names the kernel or module.
    case invalidBTF(subject: String, reason: String)
    /// Anything else that the file system or SQLite reported.
    case failed(path: String, reason: String)
}

extension StoreError: CustomStringConvertible {
    /// One sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .missing(let path):
            "there is no store at \(path); 'hubworker ingest' makes one, or name another with --store"
        case .notAStore(let path, let reason):
            "\(path) is not a BTF Hub store (\(reason)); name another file with --store"
        case .tooNew(let path, let version, let supported):
            "\(path) is a store of version \(version), and this BTF Hub reads up to \(supported); use a newer BTF Hub"
        case .tooOld(let path, let version, let supported):
            """
            \(path) is a store of version \(version) and was opened for reading only; \
            any hubworker run brings it up to version \(supported)
            """
        case .corrupt(let path, let reason):
            "\(path) is damaged (\(reason)); 'hubctl verify' names the damaged kernels"
        case .damaged(let path, let subject, let reason):
            "\(path): \(subject) is damaged (\(reason)); ingest its package again"
        case .full(let path):
            "\(path) cannot grow, because the disk is full or the file has reached its size limit; nothing was changed"
        case .readOnly(let path):
            "\(path) cannot be written; check that it, its folder and its file system are writable"
        case .busy(let path, let seconds):
            "\(path) was locked by another process for \(Int(seconds.rounded(.up))) s; try again when that has finished"
        case .invalidBTF(let subject, let reason):
            "\(subject) was not stored, because its BTF is not valid (\(reason))"
        case .failed(let path, let reason):
            "\(path) cannot be used (\(reason))"
        }
    }
}
