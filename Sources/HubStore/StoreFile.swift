internal import Foundation
internal import GRDB

/// The file of a store, before and while SQLite opens it.
enum StoreFile {
    /// Checks that a file is a store, without opening it as a database: another program's file must stay untouched.
    ///
    /// The application id is at byte 68 of the file's header and the schema's version at byte 60, both big-endian
    /// (https://www.sqlite.org/fileformat.html, 1.3). A connection that can write leaves a trace in the file even where it
    /// only asks for the version; what newer commits in the log say is seen after opening.
    ///
    /// - Parameters:
    ///   - path: the file's path.
    ///   - version: the highest version of the schema that is not refused.
    /// - Throws: `StoreError` when it is none, or newer.
    static func checkHeader(of path: String, upTo version: Int) throws(StoreError) {
        guard let file = FileHandle(forReadingAtPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw exists ? .failed(path: path, reason: "no permission to read it") : .missing(path: path)
        }
        let header: [UInt8]
        do { header = Array(try file.read(upToCount: 100) ?? Data()) } catch {
            throw .failed(path: path, reason: "it cannot be read as a file")
        }
        guard !header.isEmpty else { throw .notAStore(path: path, reason: "the file is empty") }
        guard header.count == 100, header.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw .notAStore(path: path, reason: "not an SQLite database")
        }
        func number(at offset: Int) -> Int { header[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        guard number(at: 68) == Schema.applicationID else {
            throw .notAStore(path: path, reason: "an SQLite database of another program")
        }
        guard number(at: 60) <= version else {
            throw .tooNew(path: path, version: number(at: 60), supported: version)
        }
    }

    /// Makes a store where there is none.
    ///
    /// It is made under another name and then linked, so that whoever reads never finds half of one, whenever the maker
    /// dies. Where an empty file lies already, or the file system knows no links or locks, it is made in place, in one
    /// transaction whose rollback journal the next writer takes back.
    static func createIfNeeded(at path: String, busyTimeout: Double) throws {
        if let draft = try StoreDraft.make(for: path, waiting: busyTimeout) {
            defer { draft.remove() }
            try create(at: draft.path, busyTimeout: busyTimeout)
            if link(draft.path, path) == 0 || errno == EEXIST { return }
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        let size = (attributes?[.size] as? Int) ?? 0
        guard size == 0 || FileManager.default.fileExists(atPath: path + "-journal") else { return }
        try create(at: path, busyTimeout: busyTimeout)
    }

    /// Makes a store in a file that is empty, in one transaction.
    ///
    /// The journal is a rollback journal here, so that the header says what the file is from its first commit on; only
    /// then does it turn to a write-ahead log.
    private static func create(at path: String, busyTimeout: Double) throws {
        let queue = try DatabaseQueue(path: absolute(path), configuration: configuration(busyTimeout: busyTimeout))
        try queue.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                if try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0 {
                    try database.execute(sql: Schema.sql)
                }
                return .commit
            }
            try database.execute(sql: "PRAGMA journal_mode = WAL")
        }
        try queue.close()
    }

    /// Opens for writing, and removes what was left by who died while making the store.
    static func openForWriting(_ path: String, busyTimeout: Double) throws -> DatabasePool {
        StoreDraft.removeAbandoned(of: path)
        guard FileManager.default.isWritableFile(atPath: path) else { throw StoreError.readOnly(path: path) }
        return try DatabasePool(path: absolute(path), configuration: configuration(busyTimeout: busyTimeout))
    }

    /// Opens for reading. A file system that is mounted read-only needs no log: nothing can change there.
    static func openForReading(_ path: String, busyTimeout: Double) throws -> DatabasePool {
        var configuration = configuration(busyTimeout: busyTimeout)
        configuration.readonly = true
        let name = isOnReadOnlyFileSystem(path) ? immutableURI(path) : absolute(path)
        return try DatabasePool(path: name, configuration: configuration)
    }

    private static func configuration(busyTimeout: Double) -> Configuration {
        var configuration = Configuration()
        configuration.label = "HubStore"
        configuration.busyMode = .timeout(busyTimeout)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { database in
            // A store may come from elsewhere: trust nothing in it (https://www.sqlite.org/security.html).
            try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        }
        return configuration
    }

    private static func isOnReadOnlyFileSystem(_ path: String) -> Bool {
        var status = statvfs()
        return statvfs(path, &status) == 0 && Int(status.f_flag) & Int(ST_RDONLY) != 0
    }

    /// An absolute path begins with a slash, so that SQLite cannot take it for a URI or for `:memory:`.
    static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).path }

    /// The name by which SQLite opens a file without log and locks (https://www.sqlite.org/uri.html).
    private static func immutableURI(_ path: String) -> String {
        var components = URLComponents()
        components.scheme = "file"
        components.host = ""
        components.path = absolute(path)
        components.queryItems = [URLQueryItem(name: "immutable", value: "1")]
        return components.string ?? absolute(path)
    }
}
