/// Packages that rpmbuild makes.
public enum RPMPackage {
    /// Builds a package.
    ///
    /// - Parameters:
    ///   - name: the package's name.
    ///   - version: its version and release: `5.3.7-301.fc31`.
    ///   - files: paths in the package, and the files on disk that go there.
    ///   - payload: what rpmbuild compresses with: `w6.xzdio`.
    ///   - directory: where the package is built.
    /// - Returns: the package file's path.
    /// - Throws: `Tool.Failure` when rpmbuild fails.
    public static func build(
        _ name: String,
        version: String,
        files: [String: String],
        payload: String = "w3.zstdio",
        in directory: TemporaryDirectory
    ) throws -> String {
        let parts = version.split(separator: "-")
        let install = files.map { "install -D -m 644 \($1) %{buildroot}/\($0)" }.sorted()
        let spec = try directory.write(
            """
            Name: \(name)
            Version: \(parts[0])
            Release: \(parts[1])
            Summary: s
            License: GPL
            AutoReqProv: no
            %define __strip /bin/true
            %define __os_install_post %{nil}
            %define debug_package %{nil}
            %define _build_id_links none
            %description
            d
            %install
            \(install.joined(separator: "\n"))
            %files
            \(files.keys.map { "/\($0)" }.sorted().joined(separator: "\n"))
            """,
            to: "\(name).spec"
        )
        let defines = ["--define", "_topdir \(directory.path("rpm"))", "--define", "_binary_payload \(payload)"]
        try Tool.run("rpmbuild", ["-bb", "--target", "x86_64"] + defines + [spec])
        return directory.path("rpm/RPMS/x86_64/\(name)-\(version).x86_64.rpm")
    }
}
