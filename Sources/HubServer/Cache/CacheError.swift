internal import Foundation

/// A fault of the folder for derived files.
public struct CacheError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, as a clause.
    public let reason: String
    /// Whether the file system is full.
    public let isFull: Bool

    init(reason: String, code: CInt = 0) {
        self.reason = code == 0 ? reason : "\(reason): \(String(cString: strerror(code)))"
        isFull = code == ENOSPC || code == EDQUOT
    }

    init(_ error: any Error, path: String) {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        let code = underlying.map { CInt(truncatingIfNeeded: $0.code) } ?? 0
        self.init(reason: "\(path) cannot be written", code: code)
    }

    /// One sentence that says what to do.
    public var description: String { "\(reason); check the folder that --cache names" }
}
