extension KernelName {
    /// What tells builds of one version apart, such as `cloud-amd64`, `aws` or `default`: the release from its first part
    /// behind a hyphen on that starts with no digit; empty where there is none.
    ///
    /// A series' kernels of one flavour succeed each other; those of two lie beside each other.
    public var flavour: String {
        let parts = release.split(separator: "-", omittingEmptySubsequences: false)
        return parts.dropFirst().drop { $0.first?.isNumber ?? true }.joined(separator: "-")
    }
}
