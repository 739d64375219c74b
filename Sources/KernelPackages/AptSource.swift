import KernelIdentity
import Subprocess

/// The repositories that this host's own apt is configured for.
///
/// apt has downloaded the indexes and checked them against the repositories' signatures (`apt-get update`); this source
/// asks apt where they lie and reads them. It changes nothing and goes to no network.
public struct AptSource: PackageSource {
    /// A file for apt's APT_CONFIG variable, or nil for the host's own configuration.
    private let configurationFile: String?

    /// Makes a source.
    ///
    /// - Parameter configurationFile: a configuration file that apt reads first (`APT_CONFIG`, apt.conf(5)), for a
    ///   root of its own; nil for the host's configuration.
    public init(configurationFile: String? = nil) { self.configurationFile = configurationFile }

    /// Lists the packages that names and patterns choose, from all of apt's indexes.
    ///
    /// - Parameter patterns: package names or globs; a metapackage stands for the kernel debug package it depends on.
    /// - Returns: the newest version of each package chosen, and what could not be resolved.
    /// - Throws: `PackageSourceError` when apt has no indexes or one cannot be read.
    public func packages(matching patterns: [String]) async throws(PackageSourceError) -> PackageListing {
        var catalogue = PackageCatalogue(patterns: patterns)
        for index in try await indexes() {
            try index.forEachStanza { (stanza) throws(PackageSourceError) in
                guard let name = stanza["Package"], catalogue.isWanted(name) else { return }
                catalogue.add(try IndexedPackage(stanza, in: index))
            }
        }
        return catalogue.listing()
    }

    /// The indexes of packages that apt has and vouches for.
    private func indexes() async throws(PackageSourceError) -> [AptIndex] {
        let text = try await run("apt-get", ["indextargets", "Created-By: Packages"])
        var indexes: [AptIndex] = []
        var splitter = ControlStanzaSplitter()
        let collect = { (stanza: ControlStanza) in
            if let index = AptIndex(stanza) { indexes.append(index) }
        }
        let bytes = Array(text.utf8)
        guard splitter.feed(bytes.span.bytes, collect) else {
            throw .toolFailed(command: "apt-get indextargets", detail: "it printed a stanza with no end")
        }
        splitter.finish(collect)
        guard !indexes.isEmpty else {
            throw .noIndex("apt has no package indexes; run 'apt-get update' as root and try again")
        }
        let trusted = indexes.filter(\.isTrusted)
        guard !trusted.isEmpty else {
            throw .noIndex("apt trusts none of its package indexes; check its keyrings and run 'apt-get update' again")
        }
        return trusted
    }

    /// The proxy that apt is configured to use.
    ///
    /// - Parameter scheme: `http` or `https`.
    /// - Returns: the proxy's URL, or nil when apt has none or none for all hosts.
    /// - Throws: `PackageSourceError` when apt cannot be asked.
    public func proxy(for scheme: String) async throws(PackageSourceError) -> String? {
        let line = try await run("apt-config", ["shell", "proxy", "Acquire::\(scheme)::Proxy"])
        guard let quoted = line.split(separator: "=", maxSplits: 1).dropFirst().first else { return nil }
        let proxy = quoted.drop { $0 == "'" }.prefix { $0 != "'" }
        return proxy.isEmpty || proxy == "DIRECT" ? nil : String(proxy)
    }

    private func run(_ command: String, _ arguments: [String]) async throws(PackageSourceError) -> String {
        let line = ([command] + arguments).joined(separator: " ")
        var variables: [Environment.Key: String?] = ["LC_ALL": "C"]
        if let configurationFile { variables["APT_CONFIG"] = configurationFile }
        do {
            let result = try await Subprocess.run(
                .name(command),
                arguments: Arguments(arguments),
                environment: .inherit.updating(variables),
                output: .string(limit: 16 << 20),
                error: .string(limit: 1 << 20)
            )
            guard result.terminationStatus.isSuccess else {
                let detail = result.standardError.split(separator: "\n").first.map(String.init)
                throw PackageSourceError.toolFailed(command: line, detail: detail ?? "\(result.terminationStatus)")
            }
            return result.standardOutput
        } catch let error as PackageSourceError {
            throw error
        } catch {
            throw .toolFailed(command: line, detail: "\(error)")
        }
    }
}
