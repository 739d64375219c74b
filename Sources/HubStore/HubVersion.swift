/// The version of BTF Hub, which both commands print.
public enum HubVersion {
    /// The version, by semver.org: what `--format json` and HTTP print changes incompatibly only with the major part.
    public static let current = "0.1.0"
}
