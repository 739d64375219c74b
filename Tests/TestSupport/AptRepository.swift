import Foundation

/// A package repository on disk, with an apt root of its own that has `apt-get update` run against it.
///
/// All of it is real: dpkg-deb builds the packages, apt-ftparchive the indexes, apt downloads and checks them.
public struct AptRepository: Sendable {
    /// The repository's folder.
    public let directory: TemporaryDirectory
    /// The configuration file that leads apt into its own root (`APT_CONFIG`).
    public var configurationFile: String { directory.path("apt.conf") }
    /// The folder that holds the packages and the index.
    public var pool: String { directory.path("repo") }

    /// Makes an empty repository.
    ///
    /// - Throws: what FileManager throws.
    public init() throws {
        directory = try TemporaryDirectory()
        for folder in ["repo", "etc", "lists/partial", "cache/archives/partial", "dpkg"] {
            try FileManager.default.createDirectory(
                at: directory.url.appendingPathComponent(folder),
                withIntermediateDirectories: true
            )
        }
        _ = try directory.write("", to: "dpkg/status")
        let root = directory.url.path
        _ = try directory.write(
            """
            Dir::Etc::main "/dev/null";
            Dir::Etc::parts "\(root)/none";
            Dir::Etc::sourcelist "\(root)/etc/sources.list";
            Dir::Etc::sourceparts "\(root)/none";
            Dir::Etc::preferences "\(root)/none";
            Dir::Etc::preferencesparts "\(root)/none";
            Dir::State::lists "\(root)/lists";
            Dir::State::status "\(root)/dpkg/status";
            Dir::Cache "\(root)/cache";
            APT::Architecture "amd64";
            APT::Architectures { "amd64"; };
            APT::Sandbox::User "";
            Acquire::Languages "none";

            """,
            to: "apt.conf"
        )
        try setSources(trusted: true)
    }

    /// Writes the one source line.
    ///
    /// - Parameter trusted: whether apt is told to trust the repository, which nobody has signed.
    /// - Throws: what Foundation throws.
    public func setSources(trusted: Bool) throws {
        _ = try directory.write("deb [trusted=\(trusted ? "yes" : "no")] file:\(pool) ./\n", to: "etc/sources.list")
    }

    /// Builds a package into the repository.
    ///
    /// - Parameters:
    ///   - name: the package's name.
    ///   - version: its version.
    ///   - fields: further control fields, a line each.
    ///   - files: paths in the package, and the files on disk that go there.
    ///   - compression: what dpkg-deb compresses with.
    /// - Returns: the package file's path.
    /// - Throws: `Tool.Failure` when dpkg-deb fails.
    @discardableResult
    public func add(
        _ name: String,
        version: String = "6.1.1-1",
        fields: String = "",
        files: [String: String] = [:],
        compression: String = "xz"
    ) throws -> String {
        let tree = "build/\(UUID().uuidString)"
        _ = try directory.write(
            """
            Package: \(name)
            Version: \(version)
            Architecture: amd64
            Maintainer: Nobody <nobody@example.org>
            Description: a package for a test
            \(fields.isEmpty ? "" : fields + "\n")
            """,
            to: "\(tree)/DEBIAN/control"
        )
        for (path, file) in files {
            let target = directory.url.appendingPathComponent("\(tree)/\(path)")
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try FileManager.default.copyItem(atPath: file, toPath: target.path)
        }
        let package = "\(pool)/\(name)_\(version)_amd64.deb"
        try Tool.run("dpkg-deb", ["--root-owner-group", "-Z\(compression)", "-b", directory.path(tree), package])
        return package
    }

    /// Writes the index and lets apt download it.
    ///
    /// - Parameters:
    ///   - release: `Origin`, `Codename` and the like for the Release file, as apt-ftparchive's options.
    ///   - edit: changes the index before it is summed up in the Release file.
    /// - Throws: `Tool.Failure` when a tool fails.
    public func update(
        release: [String: String] = ["Origin": "Debian", "Codename": "bookworm"],
        edit: (String) -> String = { $0 }
    ) throws {
        let pool = URL(fileURLWithPath: pool)
        for old in ["Packages", "Release"] { try? FileManager.default.removeItem(at: pool.appendingPathComponent(old)) }
        let packages = edit(try Tool.run("apt-ftparchive", ["packages", "."], in: pool).text)
        try Data(packages.utf8).write(to: pool.appendingPathComponent("Packages"))
        let options = release.sorted { $0.key < $1.key }.flatMap { ["-o", "APT::FTPArchive::Release::\($0)=\($1)"] }
        let text = try Tool.run("apt-ftparchive", options + ["release", "."], in: pool).output
        try text.write(to: pool.appendingPathComponent("Release"))
        try updateLists()
    }

    /// Lets apt download the index as it lies there.
    ///
    /// - Throws: `Tool.Failure` when apt fails.
    public func updateLists() throws {
        let result = try Tool.attempt("apt-get", ["update"], environment: ["APT_CONFIG": configurationFile])
        guard result.status == 0 else { throw Tool.Failure(description: "apt-get update: \(result.diagnostics)") }
    }
}
