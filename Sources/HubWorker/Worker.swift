import BTF
import Conversion
import DWARF
import ELF
import Foundation
public import HubStore
import KernelIdentity
public import KernelPackages

/// Takes kernels from packages into the store.
public struct Worker: Sendable {
    /// What a worker may use and how patient it is.
    public struct Options: Sendable {
        /// The folder for packages that are being fetched and images that are being read.
        public var workDirectory: String
        /// How many threads may decompress and convert.
        public var threads = 2
        /// Whether to keep a package that has been stored.
        public var keepsPackages = false
        /// When a package that failed is tried again.
        public var retries = RetrySchedule()
        /// How patient fetching is.
        public var download = DownloadOptions()

        /// Makes options.
        ///
        /// - Parameter workDirectory: the folder for packages and images; made when it is not there.
        public init(workDirectory: String) { self.workDirectory = workDirectory }
    }

    /// Takes what a worker tells; called from several threads, one after the other.
    public typealias Listener = @Sendable (WorkerEvent) -> Void

    let store: HubStore
    let options: Options
    let listener: Listener

    /// Makes a worker.
    ///
    /// - Parameters:
    ///   - store: a store that is open for writing.
    ///   - options: what the worker may use.
    ///   - listener: told what the worker does.
    public init(store: HubStore, options: Options, listener: @escaping Listener = { _ in }) {
        self.store = store
        self.options = options
        self.listener = listener
    }

    /// Runs a job: lists its packages, and takes those that the ledger does not know or lets be tried again.
    ///
    /// A package that fails is noted in the ledger and stops nothing else.
    ///
    /// - Parameter job: the job.
    /// - Returns: what became of each package.
    /// - Throws: `PackageSourceError` when the packages cannot be listed, `StoreError` when the store cannot be used,
    ///   `CancellationError` when the task is cancelled; what was stored until then stays stored.
    public func run(_ job: Job) async throws -> JobReport {
        try prepareWorkDirectory()
        let plan = try await JobPlan(of: job, store: store)
        listener(.planned(plan))
        let downloader = Downloader(options: try await downloadOptions(for: job))
        let due = plan.due
        var reports: [ItemReport] = []
        for (index, item) in due.enumerated() {
            listener(.began(name: item.package.name, index: index + 1, count: due.count))
            let report = try await process(item, of: job, downloader)
            reports.append(report)
            listener(.finished(report))
        }
        return JobReport(items: reports, plan: plan)
    }

    /// apt's proxies, where the options name none.
    private func downloadOptions(for job: Job) async throws -> DownloadOptions {
        var download = options.download
        for scheme in ["http", "https"] where download.proxies[scheme] == nil {
            download.proxies[scheme] = try await job.source.packageSource.proxy(for: scheme)
        }
        return download
    }

    private func process(_ item: JobPlan.Item, of job: Job, _ downloader: Downloader) async throws -> ItemReport {
        let package = item.package
        let path = "\(options.workDirectory)/\(Self.fileName(of: package))"
        do {
            try await downloader.fetch(package, to: path) { listener(.fetching(name: package.name, $0)) }
            let naming = KernelNaming(job.release ?? package.release)
            let taking = Taking(source: job.btfSource, includesModules: job.includesModules)
            let report = try await Blocking.run { try take(packageAt: path, as: item.ledgerPackage, naming, taking) }
            if !options.keepsPackages { try? FileManager.default.removeItem(atPath: path) }
            return report
        } catch {
            return ItemReport(name: package.name, result: try await noteFailure(error, of: item.ledgerPackage))
        }
    }

    /// A file name for a package that says what it is and leads nowhere else.
    private static func fileName(of package: AvailablePackage) -> String {
        let suffix = package.fileName.split(separator: ".").last ?? "deb"
        let name = "\(package.name)_\(package.version)_\(package.architecture).\(suffix)"
        return String(name.map { $0 == "/" || $0 == "\0" ? "_" : $0 })
    }

    func prepareWorkDirectory() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: options.workDirectory,
                withIntermediateDirectories: true
            )
        } catch {
            throw KernelPackageError.workFile(
                directory: options.workDirectory,
                detail: error.localizedDescription
            )
        }
    }
}

// MARK: - One package

/// What is asked of a package.
struct Taking {
    /// What a kernel's BTF is made from.
    let source: BTFSource
    /// Whether modules are taken too.
    let includesModules: Bool
}

extension Worker {
    /// Reads a package up to its kernel image and stores that kernel, with its modules where those are asked for; or notes
    /// that there is none.
    func take(
        packageAt path: String,
        as ledgerPackage: SourcePackage,
        _ naming: KernelNaming,
        _ taking: Taking
    ) throws -> ItemReport {
        let name = ledgerPackage.name
        listener(.unpacking(name: name))
        let (description, kernel) = try unpack(path, taking)
        guard let kernel else {
            let reason = "the package has no usr/lib/debug/boot/vmlinux-*"
            try store.record(.noImage(reason: reason), for: ledgerPackage)
            return ItemReport(name: name, result: .noImage(reason: reason))
        }
        let known = naming.filled(from: KernelNaming(description.release))
            .filled(from: KernelNaming(release: kernel.release))
        var failures: [String] = []
        var modules: ((BTF) throws -> [NewModule])?
        if let reader = kernel.modules {
            let conversion = PackageModules(
                path: path,
                release: kernel.release,
                supplement: kernel.supplement,
                threads: options.threads
            )
            modules = { base in
                let found = try conversion.convert(from: reader, over: base) { count in
                    listener(.convertingModules(name: name, count: count))
                }
                failures = found.failures
                return found.modules
            }
        }
        let (result, count) = try store(
            kernel.image,
            kernel.supplement,
            from: ledgerPackage,
            known,
            taking.source,
            modules: modules
        )
        let report = kernel.modules.map { _ in ModuleReport(count: count, failures: failures) }
        return ItemReport(name: name, result: result, modules: report)
    }

    /// What is taken of a package.
    private struct UnpackedKernel {
        let release: String
        /// The image, mapped.
        let image: ELFFile
        /// What its debug information refers to.
        let supplement: SupplementaryPlace
        /// What reads the package's modules; nil where nobody asks for them.
        let modules: SharedPackageReader?
    }

    /// Reads a package up to its kernel image, and to the supplementary file that the image's link names.
    ///
    /// Unless modules are asked for, what reading needed is given back before the image is converted.
    private func unpack(_ path: String, _ taking: Taking) throws -> (PackageDescription, UnpackedKernel?) {
        var readerOptions = KernelPackageReader.Options(workDirectory: options.workDirectory)
        readerOptions.threads = options.threads
        let reader = try SharedPackageReader(path: path, options: readerOptions)
        guard let found = try reader.nextImage() else { return (reader.description, nil) }
        func map(_ file: WorkFile, _ memberPath: String) throws -> MappedFile {
            try file.withPath { try MappedFile(path: $0, name: "\(path), member \(memberPath)") }
        }
        let image = try ELFFile(file: try map(found.file, found.memberPath))
        var supplement = SupplementaryPlace.absent(reason: "the kernel's image refers to none")
        if taking.source != .btf, let link = try SupplementaryLink(of: image) {
            if let member = try reader.supplement(named: link.fileName) {
                supplement = .opened(try map(member.file, member.memberPath))
            } else {
                supplement = .absent(reason: "\(path) has no usr/lib/debug/.dwz/\(link.fileName)")
            }
        }
        var modules: SharedPackageReader?
        if taking.includesModules {
            // Modules that were passed need a second pass, as nothing is unpacked before its base is known.
            modules = reader.hasPassedModules ? try SharedPackageReader(path: path, options: readerOptions) : reader
        }
        let kernel = UnpackedKernel(release: found.release, image: image, supplement: supplement, modules: modules)
        return (reader.description, kernel)
    }

    /// Converts an image and stores it with its modules in one transaction.
    ///
    /// - Parameters:
    ///   - image: the kernel's image.
    ///   - supplement: where what its debug information refers to is.
    ///   - ledgerPackage: the package that it is from.
    ///   - naming: what is known of the kernel's name.
    ///   - source: what its BTF is made from.
    ///   - modules: converts its modules over its BTF; nil where nobody asks for them.
    /// - Returns: what became of it, and how many modules it has.
    /// - Throws: `ImageError` when its name is not known, `StoreError`, and what converting throws.
    func store(
        _ image: ELFFile,
        _ supplement: SupplementaryPlace,
        from ledgerPackage: SourcePackage?,
        _ naming: KernelNaming,
        _ source: BTFSource,
        modules: ((BTF) throws -> [NewModule])? = nil
    ) throws -> (ItemResult, modules: Int) {
        let architecture = Architecture(image.header)?.rawValue
        let name = try naming.filled(from: KernelNaming(architecture: architecture)).name(of: image.name)
        listener(.converting(name: ledgerPackage?.name ?? image.name))
        let conversion = DWARFConverter.Options(threads: options.threads, supplement: supplement)
        let btf = try ImageConverter(source: source, options: conversion).convert(image).btf
        let kernel = NewKernel(
            name: name,
            buildID: try image.buildID().flatMap(BuildID.init(bytes:)),
            btf: btf.serialized(),
            modules: try modules?(btf) ?? [],
            keepsStoredModules: modules == nil
        )
        listener(.storing(name))
        return (.stored(name, try store.add(kernel, from: ledgerPackage)), kernel.modules.count)
    }

    /// Notes a failure in the ledger; throws on what stops everything.
    func noteFailure(_ error: any Error, of package: SourcePackage?) async throws -> ItemResult {
        let fault = try ItemResult.Fault(of: error)
        let reason = String(describing: error)
        // Another worker is at the package, and will note what becomes of it.
        var isBusy = false
        if case .busy = error as? DownloadError { isBusy = true }
        guard let package, !isBusy else { return .failed(fault, reason: reason, retryAfter: nil) }
        let now = Date()
        return try await Blocking.run {
            // The host's own fault says nothing about the package: try it at the next occasion.
            var retryAfter: Date?
            if fault != .host {
                let entry = try store.ledgerEntry(for: package)
                let isSameFile = entry?.package.digest == package.digest
                let attempts = (isSameFile ? entry?.attempts ?? 0 : 0) + 1
                retryAfter = options.retries.next(afterAttempts: attempts, at: now)
            }
            try store.record(.failed(reason: reason, retryAfter: retryAfter), for: package, at: now)
            return .failed(fault, reason: reason, retryAfter: retryAfter)
        }
    }
}

extension ItemResult.Fault {
    /// Whose fault an error is; throws it again when it concerns the store or the run and not one package.
    init(of error: any Error) throws {
        switch error {
        case let error as DownloadError:
            if error == .cancelled { throw CancellationError() }
            self = error.isRemote ? .remote : .host
        case KernelPackageError.workFile: self = .host
        case StoreError.invalidBTF: self = .input
        case is StoreError, is CancellationError: throw error
        default: self = .input
        }
    }
}

extension JobReport {
    init(items: [ItemReport], plan: JobPlan) {
        self.items = items
        problems = plan.problems
        var doneBefore = 0
        var waiting: [WaitingPackage] = []
        for item in plan.items {
            switch item.decision {
            case .done: doneBefore += 1
            case .waiting(let entry, let until):
                guard case .failed(let reason, _) = entry.outcome else { continue }
                waiting.append(WaitingPackage(name: item.package.name, until: until, reason: reason))
            case .new, .retry: break
            }
        }
        self.doneBefore = doneBefore
        self.waiting = waiting
    }
}
