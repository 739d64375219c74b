import Dispatch
import Foundation
import Synchronization
import SystemPackage

/// A folder of files that appear whole or not at all, when all are written.
///
/// Each is written to `NAME.partial`; all are synced at the end and then take their names. A file system commits together
/// what waits for it together, so that syncing a thousand files side by side takes no longer than a few one by one.
public struct OutputFolder: Sendable {
    private let path: FilePath
    private static let syncLanes = 32

    /// Makes the folder where it does not exist.
    ///
    /// - Parameter path: the folder's path; the folder that it is in must exist.
    /// - Throws: `CommandFailure` when it cannot be made.
    public init(_ path: String) throws {
        self.path = FilePath(path)
        try failing(to: "create the folder \(path)") { try Self.makeFolder(self.path) }
    }

    /// Writes a file, which does not appear yet. May be called on several threads.
    ///
    /// - Parameters:
    ///   - bytes: the whole content.
    ///   - name: the file's name in the folder, which no other has.
    /// - Throws: `CommandFailure` when they cannot be written.
    public func write(_ bytes: [UInt8], to name: String) throws {
        let partial = partial(name)
        do {
            try failing(to: "write \(partial)") {
                let descriptor = try OutputFile.create(partial)
                try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
            }
        } catch {
            OutputFile.remove(partial.string)
            throw error
        }
    }

    /// Lets files that were written appear.
    ///
    /// - Parameter names: their names.
    /// - Throws: `CommandFailure` when that cannot be done; then none appears that was not named yet.
    public func finish(_ names: [String]) throws {
        do {
            try sync(names)
            for name in names {
                let final = path.appending(name).string
                try failing(to: "name \(final)") { try OutputFile.rename(partial(name).string, to: final) }
            }
        } catch {
            discard(names)
            throw error
        }
    }

    /// Removes files that were written and have not appeared.
    ///
    /// - Parameter names: their names.
    public func discard(_ names: [String]) {
        for name in names { OutputFile.remove(partial(name).string) }
    }

    private func partial(_ name: String) -> FilePath { path.appending(name + ".partial") }

    private func sync(_ names: [String]) throws {
        let failure = Mutex<(any Error)?>(nil)
        let lanes = DispatchGroup()
        for lane in 0..<min(Self.syncLanes, names.count) {
            lanes.enter()
            Thread.detachNewThread {
                do {
                    for index in stride(from: lane, to: names.count, by: Self.syncLanes) { try sync(names[index]) }
                } catch {
                    failure.withLock { $0 = error }
                }
                lanes.leave()
            }
        }
        lanes.wait()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    private func sync(_ name: String) throws {
        let partial = partial(name)
        try failing(to: "finish \(partial)") {
            let descriptor = try FileDescriptor.open(partial, .readOnly)
            try descriptor.closeAfter { try OutputFile.sync(descriptor) }
        }
    }
}
