public import Foundation
internal import GRDB

/// The archive of kernels: one SQLite file.
///
/// Any number of processes may read it while one writes; writers wait for each other. Each call is one transaction, so
/// a kernel is seen whole or not at all. Calls block until SQLite has answered: from asynchronous code, make them off
/// the cooperative threads.
public struct HubStore: Sendable {
    /// What a store is opened for.
    public enum Access: Hashable, Sendable {
        /// Reading alone. The store must exist and have the current schema version.
        case readOnly
        /// Reading and writing. The store must exist, and is brought to the current schema version.
        case readWrite
        /// Reading and writing; the store is made when there is none.
        case create
    }

    /// The path of the store's file.
    public let path: String

    let reader: any DatabaseReader
    let writer: DatabasePool?
    let busyTimeout: Double
    /// Shared by all copies and snapshots: content does not change.
    let cache: ContentCache

    /// Opens a store.
    ///
    /// - Parameters:
    ///   - path: the path of its file; SQLite keeps `PATH-wal` and `PATH-shm` beside it while it is open.
    ///   - access: what it is opened for.
    ///   - busyTimeout: how long to wait for another writer, in seconds.
    /// - Throws: `StoreError` when the file is missing, no store, of another version, or cannot be opened.
    public init(_ path: String, access: Access, busyTimeout: Double = 60) throws(StoreError) {
        self.path = path
        self.busyTimeout = busyTimeout
        cache = ContentCache()
        do {
            if access == .create { try StoreFile.createIfNeeded(at: path, busyTimeout: busyTimeout) }
            try StoreFile.checkHeader(of: path, upTo: Schema.version)
            if access == .readOnly {
                reader = try StoreFile.openForReading(path, busyTimeout: busyTimeout)
                writer = nil
                try reader.read { database in try Schema.requireCurrentVersion(database, path: path) }
            } else {
                let pool = try StoreFile.openForWriting(path, busyTimeout: busyTimeout)
                try Migrations.all.bringUpToDate(pool, path: path)
                reader = pool
                writer = pool
            }
        } catch {
            throw StoreError(error, path: path, busyTimeout: busyTimeout)
        }
    }

    private init(path: String, reader: any DatabaseReader, busyTimeout: Double, cache: ContentCache) {
        self.cache = cache
        self.path = path
        self.reader = reader
        self.busyTimeout = busyTimeout
        writer = nil
    }

    /// The store's path when the command line names none: `$HUB_STORE`, else `./hub.db`.
    ///
    /// - Parameter environment: the process's environment variables.
    /// - Returns: the path, absolute or relative to the working directory.
    public static func defaultPath(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        guard let path = environment["HUB_STORE"], !path.isEmpty else { return "./hub.db" }
        return path
    }

    /// The store as it is now, whatever is written while the snapshot is in use.
    ///
    /// Keep it no longer than needed: while it is open, the log beside the file grows with each write.
    ///
    /// - Returns: a store for reading alone.
    /// - Throws: `StoreError` when the file cannot be opened.
    public func snapshot() throws(StoreError) -> HubStore {
        guard let pool = reader as? DatabasePool else { return self }
        do {
            return HubStore(path: path, reader: try pool.makeSnapshot(), busyTimeout: busyTimeout, cache: cache)
        } catch {
            throw StoreError(error, path: path, busyTimeout: busyTimeout)
        }
    }

    /// Closes the file. Without a call it is closed when the last copy of this value goes.
    ///
    /// The last writer that closes merges the log into the file, which is then the whole store.
    ///
    /// - Throws: `StoreError` when a call is still under way.
    public func close() throws(StoreError) {
        // SQLite merges the log when the last connection closes, and only if that one can write.
        writer?.invalidateReadOnlyConnections()
        do { try reader.close() } catch { throw StoreError(error, path: path, busyTimeout: busyTimeout) }
    }
}

// MARK: - Transactions

extension HubStore {
    /// Reads in one transaction.
    func read<Value>(_ work: (Database) throws -> Value) throws(StoreError) -> Value {
        do { return try reader.read(work) } catch { throw StoreError(error, path: path, busyTimeout: busyTimeout) }
    }

    /// Writes in one transaction, which is undone when the work throws.
    func write<Value>(_ work: (Database) throws -> Value) throws(StoreError) -> Value {
        guard let writer else { throw .readOnly(path: path) }
        do { return try writer.write(work) } catch { throw StoreError(error, path: path, busyTimeout: busyTimeout) }
    }
}
