internal import Archive
internal import BTF
public import HubStore
public import KernelIdentity
public import Minimizer

/// A bundle that can be written: the request, and the kernels of the store that it comes to.
///
/// The plan holds the store as it was when the plan was made. Written twice, it gives the same bytes.
public struct BundlePlan: Sendable {
    /// What was asked for.
    public let request: BundleRequest
    /// The kernels that match, in the order of their names.
    public let kernels: [KernelName]
    /// Kernels whose rows in the store are damaged; the errors name them.
    public let damaged: [StoreError]
    /// A digest of all that the bundle's bytes depend on: request, kernels and their BTF.
    ///
    /// Plans of the same identity, made by the same build of BTF Hub, write the same bytes.
    public let identity: ContentDigest

    private let store: HubStore

    /// Looks up what a request comes to.
    ///
    /// - Parameters:
    ///   - request: what is asked for.
    ///   - store: the store to take kernels from.
    /// - Throws: `StoreError` when the store cannot be read, and what Foundation throws when it cannot encode the request.
    public init(_ request: BundleRequest, from store: HubStore) throws {
        let snapshot = try store.snapshot()
        var kernels: [KernelName] = []
        var description = """
            bundle \(Self.formatVersion)
            layout \(request.layout.rawValue)
            compression \(request.compression.rawValue)
            requests \(ContentDigest(of: try request.requests.json()))

            """
        damaged = try snapshot.forEachKernel(matching: request.filter) { kernel in
            kernels.append(kernel.name)
            description += "\(kernel.name) \(kernel.btf.digest)\n"
        }
        self.request = request
        self.kernels = kernels
        self.store = snapshot
        identity = ContentDigest(of: description.utf8)
    }

    /// To be raised when the same request over the same kernels begins to give other bytes.
    private static let formatVersion = 1
}

// MARK: - Writing

/// What was written as a bundle.
public struct BundleReport: Sendable {
    /// A kernel that is not in the bundle, and why.
    public struct LeftOut: Hashable, Sendable {
        /// What the kernel is called.
        public let kernel: String
        /// Why it is not in the bundle, in one sentence.
        public let reason: String
    }

    /// What the archive holds.
    public let contents: BundleWriter.Contents
    /// The kernels that match and are not in the bundle.
    public let leftOut: [LeftOut]
}

extension BundlePlan {
    /// Writes the bundle: for each kernel, its BTF minimised to what the objects need, proven.
    ///
    /// One kernel is in memory at a time. A kernel whose BTF is damaged or cannot be minimised is left out and reported.
    ///
    /// - Parameters:
    ///   - sink: takes the archive's bytes as they become ready; what it throws ends the writing.
    ///   - progress: is told after each kernel how many are done.
    /// - Returns: what was written.
    /// - Throws: `StoreError` when the store cannot be read, `ArchiveError` when the archive cannot be written, and
    ///   what the sink throws. What was written until then is no whole archive.
    public func write(
        to sink: @escaping ([UInt8]) throws -> Void,
        progress: (_ done: Int) throws -> Void = { _ in }
    ) throws -> BundleReport {
        let minimizer = Minimizer(request.requests)
        var leftOut = damaged.map { BundleReport.LeftOut(kernel: "a kernel", reason: $0.description) }
        var done = 0
        let writer = BundleWriter(layout: request.layout, compression: request.compression)
        let contents = try writer.write(
            kernels,
            minimized: { name in
                defer { done += 1 }
                try progress(done)
                switch try minimized(name, with: minimizer) {
                case .success(let bytes): return bytes
                case .failure(let reason):
                    leftOut.append(BundleReport.LeftOut(kernel: name.description, reason: reason.text))
                    return nil
                }
            },
            to: sink
        )
        try progress(done)
        return BundleReport(contents: contents, leftOut: leftOut)
    }

    private func minimized(_ name: KernelName, with minimizer: Minimizer) throws -> Result<[UInt8], Reason> {
        do {
            guard let kernel = try store.kernel(named: name) else { return .failure(Reason(text: "\(name) is gone")) }
            let types = KernelTypes(vmlinux: try BTF(parsing: try store.btf(of: kernel)))
            return .success(try minimizer.minimize(types).bytes)
        } catch let error as MinimizationError {
            return .failure(Reason(text: "\(name): \(error)"))
        } catch let error as BTFError {
            return .failure(Reason(text: "\(name): \(error)"))
        } catch let error as StoreError {
            guard case .damaged = error else { throw error }
            return .failure(Reason(text: error.description))
        }
    }

    private struct Reason: Error {
        let text: String
    }
}
