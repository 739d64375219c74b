internal import Foundation

/// The file that a store is made in before it gets its name: `PATH.being-made`.
///
/// Who holds its lock (flock(2)) makes the store. The system takes the lock from a process that has died, so that what it
/// has left is known for what it is.
struct StoreDraft: ~Copyable {
    /// The draft's path.
    let path: String
    private let descriptor: Int32

    /// What SQLite may lay beside the file, and last the file itself: as long as it is there, the others are its own.
    private static let suffixes = ["-journal", "-wal", "-shm", ""]

    private static func path(of store: String) -> String { store + ".being-made" }

    /// Makes an empty draft of a store and locks it; what a maker that has died has left is removed.
    ///
    /// - Parameters:
    ///   - store: the store's path.
    ///   - timeout: how long to wait while another makes it, in seconds.
    /// - Returns: the draft; nil where there is a store now, or no draft can be made or locked.
    /// - Throws: `StoreError.busy` when another has held the lock for longer.
    static func make(for store: String, waiting timeout: Double) throws(StoreError) -> StoreDraft? {
        let deadline = Date(timeIntervalSinceNow: timeout)
        while !FileManager.default.fileExists(atPath: store) {
            let descriptor = open(path(of: store), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            if descriptor >= 0 {
                let draft = StoreDraft(path: path(of: store), descriptor: descriptor)
                let lock = draft.lock()
                // Between the two calls, another may have taken it for what a dead maker has left.
                if lock == .ours, draft.isStillNamed { return draft }
                guard lock == .none else { continue }
                draft.remove()
                return nil
            }
            guard errno == EEXIST else { return nil }
            switch removeAbandoned(of: store) {
            case .ours: continue
            case .none: return nil
            case .others:
                guard Date() < deadline else { throw .busy(path: store, seconds: timeout) }
                usleep(10_000)
            }
        }
        return nil
    }

    /// Who holds a draft.
    enum Holder {
        case ours, others
        /// Nobody can: it is no file that can be opened, or the file system has no locks.
        case none
    }

    /// Removes what a maker that has died has left.
    ///
    /// - Parameter store: the store's path.
    /// - Returns: who holds the draft; where it was this call or there was no draft, there is none now.
    @discardableResult
    static func removeAbandoned(of store: String) -> Holder {
        let path = path(of: store)
        // Opening and closing the store itself would take SQLite's locks from this process.
        let leftover = identity { stat(path, &$0) }
        if leftover != nil, leftover == identity({ stat(store, &$0) }) {
            return unlink(path) == 0 ? .ours : .none
        }
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else { return errno == ENOENT ? .ours : .none }
        let draft = StoreDraft(path: path, descriptor: descriptor)
        let lock = draft.lock()
        return lock == .ours && draft.isStillNamed && !draft.remove() ? .none : lock
    }

    private func lock() -> Holder {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return .ours }
        return errno == EWOULDBLOCK ? .others : .none
    }

    /// Whether the name still leads to the file that is locked.
    private var isStillNamed: Bool {
        let own = Self.identity { fstat(descriptor, &$0) }
        return own != nil && own == Self.identity { stat(path, &$0) }
    }

    /// What tells a file from all others; nil where there is none.
    private static func identity(_ look: (inout stat) -> Int32) -> [UInt64]? {
        var status = stat()
        return look(&status) == 0 ? [UInt64(status.st_dev), UInt64(status.st_ino)] : nil
    }

    /// Takes the draft's name away, and what SQLite has laid beside it; a store that it was linked to stays.
    @discardableResult
    func remove() -> Bool { Self.suffixes.allSatisfy { unlink(path + $0) == 0 || errno == ENOENT } }

    deinit { close(descriptor) }
}
