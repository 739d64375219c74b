internal import Archive
internal import Foundation
public import KernelIdentity

/// Writes the kernels of a store as an archive tree in the layout of btfhub-archive.
public struct TreeExport: Sendable {
    /// What became of a kernel.
    public enum Outcome: Hashable, Sendable {
        /// Its file was written.
        case written(path: String)
        /// Its file was there and holds just this BTF.
        case present
        /// The store's own copy is damaged.
        case damaged(StoreError)
    }

    /// Writes a file whole or not at all.
    public typealias FileWriter = @Sendable (_ path: String, _ bytes: [UInt8]) throws -> Void

    private let store: HubStore
    private let root: String
    private let write: FileWriter

    /// Prepares an export.
    ///
    /// - Parameters:
    ///   - store: the store.
    ///   - root: the tree's folder; it and the folders in it are made where they are not there.
    ///   - write: writes a file whole or not at all.
    public init(of store: HubStore, to root: String, write: @escaping FileWriter) {
        self.store = store
        self.root = root
        self.write = write
    }

    /// Writes the files of kernels, leaving alone those that hold the right BTF already. Nothing is removed.
    ///
    /// The bytes of a file are a function of its BTF and its name.
    ///
    /// - Parameters:
    ///   - filter: which kernels.
    ///   - threads: how many threads may compress; each takes about 100 MB.
    ///   - report: told what became of each kernel, from any of the threads.
    /// - Returns: rows of the store that do not match their seal.
    /// - Throws: `StoreError` when the store or a folder cannot be used, and what writing throws.
    @discardableResult
    public func run(
        matching filter: KernelFilter = .all,
        threads: Int,
        _ report: @Sendable (Kernel, Outcome) -> Void
    ) throws -> [StoreError] {
        var damaged: [StoreError] = []
        var next: KernelName?
        repeat {
            let page = try store.kernels(matching: filter, after: next)
            damaged += page.damaged
            try Parallel.forEach(page.kernels, threads: threads) { kernel in report(kernel, try export(kernel)) }
            next = page.next
        } while next != nil
        return damaged
    }

    private func export(_ kernel: Kernel) throws -> Outcome {
        let file = TreeFile(
            path: "\(root)/\(KernelFile.tarXZ.path(of: kernel.name))",
            kernel: kernel.name,
            form: .tarXZ
        )
        if file.holds(kernel.btf.digest) { return .present }
        let btf: [UInt8]
        do { btf = try store.btf(of: kernel) } catch StoreError.damaged(let path, let subject, let reason) {
            return .damaged(.damaged(path: path, subject: subject, reason: reason))
        }
        try makeFolder(for: file.path)
        try write(file.path, file.form.encode(btf, of: kernel.name))
        return .written(path: file.path)
    }

    private func makeFolder(for path: String) throws(StoreError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        do { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
            throw .failed(path: folder.path, reason: "the folder cannot be made")
        }
    }
}

extension TreeFile {
    /// Whether the file is there and holds just this BTF.
    fileprivate func holds(_ digest: ContentDigest) -> Bool {
        guard FileManager.default.fileExists(atPath: path), let contents = try? contents() else { return false }
        return ContentDigest(of: contents) == digest
    }
}
