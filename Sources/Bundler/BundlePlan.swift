internal import Archive
public import Foundation
public import HubStore
public import KernelIdentity
public import Minimizer

/// A bundle that can be written: the request, and the kernels of the store that it comes to.
///
/// The plan holds the store as it was when the plan was made. Written twice, it gives the same bytes.
public struct BundlePlan: Sendable {
    /// What was asked for.
    public let request: BundleRequest
    /// Kernels whose rows in the store are damaged; the errors name them.
    public let damaged: [StoreError]
    /// A digest of all that the bundle's bytes depend on: request, kernels and their BTF.
    ///
    /// Plans of the same identity, made by the same build of BTF Hub, write the same bytes.
    public let identity: ContentDigest

    let planned: [PlannedKernel]
    private let store: HubStore

    /// Looks up what a request comes to.
    ///
    /// - Parameters:
    ///   - request: what is asked for.
    ///   - store: the store to take kernels from.
    /// - Throws: `BundleRequestError` when the request and the kernels do not go together, `StoreError` when the store
    ///   cannot be read, and what Foundation throws when it cannot encode the request.
    public init(_ request: BundleRequest, from store: HubStore) throws {
        let snapshot = try store.snapshot()
        var planned: [PlannedKernel] = []
        var description = """
            bundle \(Self.formatVersion) of hub \(HubVersion.current)
            layout \(request.layout.rawValue)
            modules \(request.modules.rawValue)
            compression \(request.compression.rawValue)
            requests \(ContentDigest(of: try request.requests.json()))

            """
        let solver = RelocationSolver(request.requests)
        damaged = try PlannedKernel.forEach(
            matching: request.filter,
            of: snapshot,
            request.modules,
            by: solver
        ) { kernel in
            planned.append(kernel)
            description += "\(kernel.name) \(kernel.types) \(kernel.buildID?.description ?? "")\n"
        }
        let architectures = Set(planned.map(\.name.architecture.rawValue)).sorted()
        if request.layout.isForOneArchitecture, architectures.count > 1 {
            throw BundleRequestError.severalArchitectures(request.layout, architectures)
        }
        self.request = request
        self.planned = planned
        self.store = snapshot
        identity = ContentDigest(of: description.utf8)
    }

    /// The kernels that match, in the order of their names.
    public var kernels: [KernelName] { planned.map(\.name) }

    /// To be raised when the same request over the same kernels begins to give other bytes.
    private static let formatVersion = 3
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
        /// Whether it has no place in the layout, which another run does not change.
        public let isByLayout: Bool
    }

    /// What the bundle holds.
    public let contents: BundleContents
    /// The kernels that match and are not in the bundle.
    public let leftOut: [LeftOut]
    /// How many times the requests were solved; less than the number of kernels where solutions were known or shared.
    public let solveCount: Int

    /// The kernels in the bundle, in its order.
    public var kernels: [KernelName] { contents.entries.map(\.kernel.name) }
    /// Whether every kernel that could not be written has no place in the layout.
    public var isComplete: Bool { leftOut.allSatisfy(\.isByLayout) }
}

extension BundlePlan {
    /// Writes the bundle as one stream: for each kernel, its BTF minimised to what the objects need, proven.
    ///
    /// A kernel whose BTF is damaged or cannot be minimised is left out and reported.
    ///
    /// - Parameters:
    ///   - cache: the folder in which solutions are kept from one bundle to the next; nil keeps none.
    ///   - threads: how many threads may solve; the bytes do not depend on it.
    ///   - sink: takes the bytes as they become ready; what it throws ends the writing.
    ///   - progress: is told after each kernel how many are done.
    /// - Returns: what was written.
    /// - Throws: `StoreError` when the store cannot be read, `ArchiveError` when the archive cannot be written, and
    ///   what the sink throws. What was written until then is no whole archive.
    public func write(
        cache: String? = nil,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount,
        to sink: @escaping ([UInt8]) throws -> Void,
        progress: (_ done: Int) throws -> Void = { _ in }
    ) throws -> BundleReport {
        try withWriting(cache, threads, progress) { writer, writing in
            try writer.write(planned.map(\.forBundle), btf: writing.btf, manifest: writing.manifest, to: sink)
        }
    }

    /// Writes the bundle's files, one after another: those of a layout of several files, or the one archive.
    ///
    /// - Parameters:
    ///   - cache: the folder in which solutions are kept from one bundle to the next; nil keeps none.
    ///   - threads: how many threads may solve; the bytes do not depend on it.
    ///   - file: takes each file's name and contents; what it throws ends the writing.
    ///   - progress: is told after each kernel how many are done.
    /// - Returns: what was written.
    /// - Throws: as `write`.
    public func writeFiles(
        cache: String? = nil,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount,
        to file: (_ name: String, _ contents: [UInt8]) throws -> Void,
        progress: (_ done: Int) throws -> Void = { _ in }
    ) throws -> BundleReport {
        try withWriting(cache, threads, progress) { writer, writing in
            try writer.writeFiles(planned.map(\.forBundle), btf: writing.btf, manifest: writing.manifest, to: file)
        }
    }

    private func withWriting(
        _ cache: String?,
        _ threads: Int,
        _ progress: (Int) throws -> Void,
        _ body: (BundleWriter, BundleWriting) throws -> BundleContents
    ) throws -> BundleReport {
        let writer = BundleWriter(layout: request.layout, compression: request.compression)
        return try withoutActuallyEscaping(progress) { progress in
            let solver = try KernelSolver(
                request.requests,
                store: store,
                modules: request.modules,
                cache: cache,
                threads: threads
            )
            try solver.solve(planned, progress: progress)
            let writing = try BundleWriting(request, planned, solver, progress)
            let contents = try body(writer, writing)
            try writing.finish()
            return BundleReport(
                contents: contents,
                leftOut: damaged.map { .init(kernel: "a kernel", reason: $0.description, isByLayout: false) }
                    + writing.leftOut(besides: contents),
                solveCount: solver.solveCount
            )
        }
    }
}
