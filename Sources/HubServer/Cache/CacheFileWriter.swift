internal import Crypto
internal import Foundation
internal import HubStore

/// Writes a derived file beside its place and puts it there when it is whole.
final class CacheFileWriter {
    private let temporaryPath: String
    private let file: FileHandle
    private var hash = SHA256()
    private var size = 0

    /// What names of unfinished files begin with.
    static let temporaryPrefix = "new-"

    init(directory: String) throws {
        temporaryPath = "\(directory)/\(Self.temporaryPrefix)\(UUID().uuidString)"
        guard FileManager.default.createFile(atPath: temporaryPath, contents: Data(count: CachedFile.headerSize)),
            let file = FileHandle(forWritingAtPath: temporaryPath)
        else { throw CacheError(reason: "no file can be made in \(directory)", code: errno) }
        self.file = file
        try file.seekToEnd()
    }

    deinit { try? FileManager.default.removeItem(atPath: temporaryPath) }

    /// Takes the next bytes of the content.
    func write(_ bytes: [UInt8]) throws {
        do { try file.write(contentsOf: bytes) } catch { throw CacheError(error, path: temporaryPath) }
        hash.update(data: bytes)
        size += bytes.count
    }

    /// Finishes the file and puts it in its place, over what is there.
    func finish(at path: String) throws {
        guard let digest = ContentDigest(bytes: Array(hash.finalize())) else { return }
        do {
            try file.seek(toOffset: 0)
            try file.write(contentsOf: CachedFile.header(digest: digest, size: size))
            try file.close()
        } catch { throw CacheError(error, path: temporaryPath) }
        guard rename(temporaryPath, path) == 0 else {
            throw CacheError(reason: "\(path) cannot be put in its place", code: errno)
        }
    }
}
