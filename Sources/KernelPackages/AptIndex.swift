import Archive

/// One `Packages` index that apt has downloaded and verified, as `apt-get indextargets` describes it.
struct AptIndex: Hashable {
    /// The file, compressed in whichever way apt keeps it.
    let file: String
    /// What the packages' `Filename` fields are relative to.
    let repositoryURL: String
    /// The distribution's release, or nil when the repository names neither origin nor codename.
    let release: DistributionRelease?
    /// Whether apt vouches for it: signed by a key of this host's, or declared trusted by its administrator.
    let isTrusted: Bool

    /// Reads a stanza of `apt-get indextargets`; nil for what is no index of packages.
    init?(_ stanza: ControlStanza) {
        guard stanza["Created-By"] == "Packages", let file = stanza["Filename"], let url = stanza["Repo-URI"] else {
            return nil
        }
        self.file = file
        repositoryURL = url.hasSuffix("/") ? url : url + "/"
        isTrusted = stanza["Trusted"] == "yes"
        release = Self.release(stanza)
    }

    /// The release by ID and VERSION_ID: Origin's first word, and the codename without its pocket.
    ///
    /// `bookworm-security` and `bookworm-updates` are pockets of `bookworm`, `focal-updates` of `focal`.
    private static func release(_ stanza: ControlStanza) -> DistributionRelease? {
        guard let origin = stanza["Origin"]?.split(separator: " ").first,
            let codename = (stanza["Codename"] ?? stanza["Suite"])?.split(separator: "-").first
        else { return nil }
        return DistributionRelease(distribution: origin.lowercased(), version: codename.lowercased())
    }

    /// Calls a closure for each stanza of the index, in memory for one stanza.
    func forEachStanza(_ body: (ControlStanza) throws(PackageSourceError) -> Void) throws(PackageSourceError) {
        do {
            let reader = try ArchiveReader(streamPath: file)
            guard try reader.nextMember() != nil else { return }
            var splitter = ControlStanzaSplitter()
            try reader.readContents(limit: Self.sizeLimit) { piece in
                guard try splitter.feed(piece, body) else {
                    throw PackageSourceError.malformedIndex(file: file, detail: "a stanza has no end")
                }
            }
            try splitter.finish(body)
        } catch let error as PackageSourceError {
            throw error
        } catch {
            throw .unreadableIndex(file: file, detail: "\(error)")
        }
    }

    /// Bytes that an index may unpack to; Debian's largest has 60 MB.
    private static let sizeLimit: UInt64 = 2 << 30
}

/// A package as a stanza of an index describes it.
struct IndexedPackage {
    let package: AvailablePackage
    /// The names that it depends on, alternatives and versions left out.
    let dependencies: [String]

    /// Reads a stanza; throws when it lacks what every stanza has.
    init(_ stanza: ControlStanza, in index: AptIndex) throws(PackageSourceError) {
        func require(_ field: String) throws(PackageSourceError) -> String {
            if let value = stanza[field], !value.isEmpty { return value }
            let name = stanza["Package"] ?? "a package"
            throw .malformedIndex(file: index.file, detail: "\(name) has no \(field)")
        }
        let name = try require("Package")
        guard let size = UInt64(try require("Size")) else {
            throw .malformedIndex(file: index.file, detail: "\(name)'s Size is no number")
        }
        guard let digest = PackageDigest(try require("SHA256")) else {
            throw .malformedIndex(file: index.file, detail: "\(name)'s SHA256 is no digest")
        }
        var path = try require("Filename")[...]
        if path.hasPrefix("./") { path = path.dropFirst(2) }
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .malformedIndex(file: index.file, detail: "\(name)'s Filename has a character that no URL may have")
        }
        package = AvailablePackage(
            name: name,
            version: try require("Version"),
            architecture: try require("Architecture"),
            url: index.repositoryURL + path,
            size: size,
            digest: digest,
            release: index.release
        )
        dependencies = (stanza["Depends"] ?? "").split(separator: ",").compactMap { dependency in
            dependency.split(whereSeparator: { " \t\n(:|".contains($0) }).first.map(String.init)
        }
    }
}
