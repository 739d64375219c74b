internal import GRDB

extension StoreError {
    /// Turns whatever a piece of database work threw into a store's error.
    ///
    /// - Parameters:
    ///   - error: a `StoreError`, which stays as it is, or what GRDB threw.
    ///   - path: the store's file.
    ///   - busyTimeout: how long the connection has waited for a lock, in seconds.
    init(_ error: any Error, path: String, busyTimeout: Double) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self = .failed(path: path, reason: String(describing: error))
            return
        }
        let reason = error.message ?? error.resultCode.description
        // A file in shared memory that cannot grow is reported as an I/O error; its cause is a full disk.
        if error.extendedResultCode == .SQLITE_IOERR_SHMSIZE {
            self = .full(path: path)
            return
        }
        switch error.resultCode {
        case .SQLITE_FULL: self = .full(path: path)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path, seconds: busyTimeout)
        case .SQLITE_CORRUPT: self = .corrupt(path: path, reason: reason)
        case .SQLITE_NOTADB: self = .notAStore(path: path, reason: reason)
        case .SQLITE_CANTOPEN:
            self = .failed(path: path, reason: "\(reason); the folder must be writable, for the log beside the file")
        default: self = .failed(path: path, reason: reason)
        }
    }
}
