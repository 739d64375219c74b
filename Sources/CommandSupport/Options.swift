public import ArgumentParser
public import HubStore
public import KernelIdentity

/// Where the archive is.
public struct StoreOptions: ParsableArguments {
    /// The path that was given, if any.
    @Option(name: .customLong("store"), help: "The archive's file. (default: $HUB_STORE, else ./hub.db)")
    public var path: String?

    /// Makes options that say nothing.
    public init() {}

    /// Opens the archive.
    ///
    /// - Parameter access: what for.
    /// - Returns: the open archive.
    /// - Throws: `StoreError` when it cannot be opened.
    public func open(_ access: HubStore.Access) throws -> HubStore {
        try HubStore(path ?? HubStore.defaultPath(), access: access)
    }
}

/// Which kernels a command is about.
public struct FilterOptions: ParsableArguments {
    /// The distribution.
    @Option(help: ArgumentHelp("Only this distribution: ID of os-release.", valueName: "id"))
    public var distro: String?

    /// The distribution's version.
    @Option(help: ArgumentHelp("Only this version: VERSION_ID of os-release, or a codename.", valueName: "version"))
    public var version: String?

    /// The architecture.
    @Option(help: ArgumentHelp("Only this architecture, by any of its names.", valueName: "arch"))
    public var arch: String?

    /// A glob over releases.
    @Option(help: ArgumentHelp("Only releases (uname -r) that match, such as '6.1.*-cloud-*'.", valueName: "glob"))
    public var release: String?

    /// Makes options that exclude nothing.
    public init() {}

    /// The filter that the options say.
    public var filter: KernelFilter {
        KernelFilter(distribution: distro, version: version, architecture: arch, release: release)
    }
}

/// How a result is printed.
public enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// Aligned columns for people.
    case table
    /// JSON for machines; its fields stay as they are documented.
    case json
}
