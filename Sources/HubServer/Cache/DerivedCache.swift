internal import Foundation
package import HubStore

/// Files that are derived from the store and take long to make: each is made once and kept in a folder.
///
/// The folder holds one file per key, named by it, and never more than a limit of bytes; what was not used for longest
/// goes first. It outlives the process. Several servers may share it: a file appears whole or not at all.
package actor DerivedCache {
    private let directory: String
    private let limit: Int
    private var entries: [ContentDigest: Entry] = [:]
    private var pending: [ContentDigest: Task<CachedFile, any Error>] = [:]
    private var total = 0

    private struct Entry {
        let size: Int
        var lastUse: Date
        /// Whether the content was checked against its digest since the process started.
        var isChecked: Bool
    }

    /// Writes a derived file's content; returns whether the file is worth keeping.
    package typealias Maker = @Sendable (_ sink: @escaping ([UInt8]) throws -> Void) throws -> Bool

    /// Opens the folder, or makes it.
    ///
    /// - Throws: `CacheError` when it cannot be made or listed.
    package init(directory: String, limit: Int) throws {
        self.directory = directory
        self.limit = limit
        let manager = FileManager.default
        do {
            try manager.createDirectory(atPath: directory, withIntermediateDirectories: true)
            for name in try manager.contentsOfDirectory(atPath: directory) {
                let path = "\(directory)/\(name)"
                let attributes = try? manager.attributesOfItem(atPath: path)
                let date = attributes?[.modificationDate] as? Date ?? .distantPast
                if let key = ContentDigest(name) {
                    let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
                    entries[key] = Entry(size: size, lastUse: date, isChecked: false)
                    total += size
                } else if name.hasPrefix(CacheFileWriter.temporaryPrefix), date.timeIntervalSinceNow < -3600 {
                    // Left by a server that was killed; a younger one may be another server's.
                    try? manager.removeItem(atPath: path)
                }
            }
        } catch { throw CacheError(error, path: directory) }
    }

    /// The bytes that the folder holds.
    package var size: Int { total }

    /// Gives the file of a key, and makes it first when there is none. Whoever asks meanwhile waits for the same file.
    ///
    /// - Parameters:
    ///   - key: a digest of all that the content depends on.
    ///   - work: where the file is made and checked.
    ///   - make: writes the content.
    /// - Returns: the file, open.
    /// - Throws: what `make` throws, and `CacheError` when the folder cannot be used.
    package func file(for key: ContentDigest, on work: BlockingWork, _ make: @escaping Maker) async throws -> CachedFile
    {
        if let task = pending[key] { return try await task.value }
        let path = path(of: key)
        let directory = directory
        let known = entries[key]
        if known?.isChecked == true, let file = CachedFile(path: path, checkingContent: false) {
            touch(key)
            return file
        }
        let task = Task {
            try await work.run {
                if known != nil, let file = CachedFile(path: path, checkingContent: true) { return (file, true) }
                return try Self.made(in: directory, at: path, make)
            }
        }
        let kept = Task { [weak self] in
            let (file, isKept) = try await task.value
            await self?.note(key, file, isKept: isKept)
            return file
        }
        pending[key] = kept
        defer { pending[key] = nil }
        return try await kept.value
    }

    private static func made(in directory: String, at path: String, _ make: Maker) throws -> (CachedFile, Bool) {
        let writer = try CacheFileWriter(directory: directory)
        let isKept = try make { try writer.write($0) }
        try writer.finish(at: path)
        guard let file = CachedFile(path: path, checkingContent: false) else {
            throw CacheError(reason: "\(path) went away")
        }
        if !isKept { unlink(path) }
        return (file, isKept)
    }

    // MARK: Bookkeeping

    private func path(of key: ContentDigest) -> String { "\(directory)/\(key)" }

    private func note(_ key: ContentDigest, _ file: CachedFile, isKept: Bool) {
        if let old = entries.removeValue(forKey: key) { total -= old.size }
        guard isKept else { return }
        let size = file.size + CachedFile.headerSize
        entries[key] = Entry(size: size, lastUse: Date(), isChecked: true)
        total += size
        touch(key)
        evict()
    }

    /// Notes a use, in the file's time too, so that a later process knows of it.
    private func touch(_ key: ContentDigest) {
        let now = Date()
        // Once a minute is often enough to know what was not used for longest.
        guard let last = entries[key]?.lastUse, now.timeIntervalSince(last) > 60 || last > now else { return }
        entries[key]?.lastUse = now
        try? FileManager.default.setAttributes([.modificationDate: now], ofItemAtPath: path(of: key))
    }

    private func evict() {
        guard total > limit else { return }
        for (key, entry) in entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) where total > limit {
            // Who reads it has it open, and reads on.
            unlink(path(of: key))
            entries[key] = nil
            total -= entry.size
        }
    }
}
