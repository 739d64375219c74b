extension DWARFConverter.Features {
    /// The features by the names that pahole's `--btf_features` gives them.
    private static let named: [(name: String, feature: DWARFConverter.Features)] = [
        ("float", .float), ("decl_tag", .declarationTag), ("type_tag", .typeTag), ("enum64", .enumeration64),
        ("decl_tag_kfuncs", .kernelFunctionTag),
    ]

    /// Reads a list of features, as pahole's `--btf_features` takes it; there is none where a name is not known.
    ///
    /// - Parameter list: names with commas between them: `float`, `decl_tag`, `type_tag`, `enum64`,
    ///   `decl_tag_kfuncs`; or `all`, or `none`.
    public init?(list: String) {
        if list == "all" || list == "none" {
            self = list == "all" ? .all : []
            return
        }
        self = []
        for name in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let known = DWARFConverter.Features.named.first(where: { $0.name == name }) else { return nil }
            insert(known.feature)
        }
    }
}
