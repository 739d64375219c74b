public import Foundation
public import HubStore
public import KernelIdentity
public import KernelPackages

/// What a worker tells while it works, for whoever shows it.
public enum WorkerEvent: Hashable, Sendable {
    /// The job's plan is made.
    case planned(JobPlan)
    /// A package or file is begun; `index` counts from 1 among those that are processed.
    case began(name: String, index: Int, count: Int)
    /// So much of the package is on disk.
    case fetching(name: String, DownloadProgress)
    /// The package is being read up to its kernel image.
    case unpacking(name: String)
    /// The image's types are being converted.
    case converting(name: String)
    /// So many of the package's modules are converted.
    case convertingModules(name: String, count: Int)
    /// The kernel is being stored.
    case storing(KernelName)
    /// A package or file is done with.
    case finished(ItemReport)
}

/// What became of one package or file.
public struct ItemReport: Hashable, Sendable {
    /// The package's name, or the file's path.
    public let name: String
    /// What became of it.
    public let result: ItemResult
    /// What became of the modules in it; nil where they were not asked for.
    public let modules: ModuleReport?

    init(name: String, result: ItemResult, modules: ModuleReport? = nil) {
        self.name = name
        self.result = result
        self.modules = modules
    }
}

/// What became of the modules in a package.
public struct ModuleReport: Hashable, Sendable {
    /// How many are in the store with their kernel.
    public let count: Int
    /// Why others could not be converted, a sentence each that names the module's file.
    public let failures: [String]
}

/// How a package or file ended.
public enum ItemResult: Hashable, Sendable {
    /// Its kernel is in the store.
    case stored(KernelName, Addition)
    /// It holds no kernel image; the reason is for people.
    case noImage(reason: String)
    /// It failed and will be tried again after that time; at the next occasion when it is nil.
    case failed(Fault, reason: String, retryAfter: Date?)

    /// Who has to do something about a failure.
    public enum Fault: Hashable, Sendable {
        /// The package, file or image is bad.
        case input
        /// A server or mirror does not answer or has something else.
        case remote
        /// This host cannot write: a full disk, a missing permission.
        case host
    }
}

/// What became of a job, or of files from disk.
public struct JobReport: Hashable, Sendable {
    /// What was processed, in order.
    public let items: [ItemReport]
    /// How many packages needed nothing: they were stored before or hold no image.
    public let doneBefore: Int
    /// The packages that failed before and whose time has not come, with that time.
    public let waiting: [WaitingPackage]
    /// What the source could not resolve, a sentence each.
    public let problems: [String]

    /// The faults of those that failed, or had modules that failed, in order.
    public var faults: [ItemResult.Fault] {
        items.compactMap { item in
            if case .failed(let fault, _, _) = item.result { return fault }
            return item.modules?.failures.isEmpty ?? true ? nil : .input
        }
    }
}

/// A package that failed before and is not to be tried yet.
public struct WaitingPackage: Hashable, Sendable {
    /// The package's name.
    public let name: String
    /// When it may be tried again.
    public let until: Date
    /// Why it failed.
    public let reason: String
}
