extension BTF {
    /// The canonical form: the one BTF, of all that say the same, that has these types once and in this order.
    ///
    /// - Types that nothing tells apart are merged, in cycles too (the coarsest bisimulation).
    /// - Types without a name come first, in the order in which the named ones first refer to them; then the named
    ///   ones by name (bytes compared), kind, and a hash of what they hold. The kernel and libbpf search BTF by
    ///   bisection when it is ordered so.
    /// - Strings stand in byte order, each once, unused ones dropped. Split BTF uses its base's string where there is
    ///   one.
    ///
    /// The order and the ids of the input leave no trace; neither does the machine. References into a base stay as
    /// they are: canonicalise the base first.
    ///
    /// - Returns: the canonical form.
    /// - Throws: `BTFError` when telling types apart takes over a thousand rounds, or strings lie in each other many
    ///   times over, neither of which any compiler's output needs.
    public func canonicalized() throws(BTFError) -> BTF { try canonicalOrder().emit() }

    /// The canonical form, as `canonicalized()` makes it, and what has become of each type.
    ///
    /// - Returns: the canonical form, and for each own type, in the order of ids, its id there.
    /// - Throws: `BTFError` when telling types apart takes over a thousand rounds, or strings lie in each other many
    ///   times over, neither of which any compiler's output needs.
    public func canonicalizedMappingIDs() throws(BTFError) -> (types: BTF, ids: [TypeID]) {
        let order = try canonicalOrder()
        return (try order.emit(), ids.map { order.id(of: $0) })
    }

    private func canonicalOrder() throws(BTFError) -> CanonicalOrder {
        let strings = try CanonicalStrings(of: self)
        let classes = try TypeClasses(of: self, strings: strings)
        return CanonicalOrder(of: self, strings: strings, classes: classes)
    }
}
