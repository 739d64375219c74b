internal import Foundation
internal import GRDB

extension HubStore {
    /// Copies the store as it is now into a new file, while others go on reading and writing.
    ///
    /// The copy is a whole store. It is made as `PATH.partial` and takes its name when it is complete and synced.
    ///
    /// - Parameters:
    ///   - destination: the copy's path; a file that is there is replaced, unless it is a store that is in use.
    ///   - progress: told how many of the store's bytes are copied.
    /// - Throws: `StoreError` when the store cannot be read or the copy cannot be written; there is no copy then.
    public func backup(to destination: String, _ progress: @escaping (_ done: Int, _ total: Int) -> Void = { _, _ in })
        throws(StoreError)
    {
        try checkBackup(to: destination)
        let partial = destination + ".partial"
        do {
            try removeCopy(partial)
            try copy(to: partial, progress)
            try StoreFile.sync(partial)
            try StoreFile.rename(partial, to: destination)
        } catch {
            try? removeCopy(partial)
            throw StoreError(error, path: destination, busyTimeout: busyTimeout)
        }
    }

    /// Refuses to write over a store that somebody has open, this one above all.
    private func checkBackup(to destination: String) throws(StoreError) {
        let files = FileManager.default
        let inUse = files.fileExists(atPath: destination + "-wal") || files.fileExists(atPath: destination + "-shm")
        let isItself =
            URL(fileURLWithPath: destination).resolvingSymlinksInPath()
            == URL(fileURLWithPath: path).resolvingSymlinksInPath()
        if inUse || isItself {
            throw .failed(path: destination, reason: "it is a store that is in use; name another file for the copy")
        }
    }

    private func copy(to partial: String, _ progress: @escaping (Int, Int) -> Void) throws {
        // A snapshot holds its read transaction open, so that what others write does not make SQLite start anew
        // (https://www.sqlite.org/c3ref/backup_finish.html, "Concurrent Usage of Database Handles").
        let source = try snapshot()
        let pageSize = try source.read { try Int.fetchOne($0, sql: "PRAGMA page_size") ?? 0 }
        let target = try DatabaseQueue(path: StoreFile.absolute(partial))
        try source.reader.backup(to: target, pagesPerStep: 1024) { state in
            progress((state.totalPageCount - state.remainingPageCount) * pageSize, state.totalPageCount * pageSize)
        }
        try target.close()
    }

    private func removeCopy(_ partial: String) throws {
        for suffix in ["", "-wal", "-shm", "-journal"] where FileManager.default.fileExists(atPath: partial + suffix) {
            try FileManager.default.removeItem(atPath: partial + suffix)
        }
    }
}

extension StoreFile {
    /// Writes a file's bytes through to the disk.
    fileprivate static func sync(_ path: String) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.synchronize()
        try file.close()
    }

    /// Gives a file another's name, and its place.
    fileprivate static func rename(_ source: String, to destination: String) throws {
        guard Foundation.rename(source, destination) == 0 else {
            throw StoreError.failed(path: destination, reason: String(cString: strerror(errno)))
        }
    }
}
