internal import GRDB

extension HubStore {
    /// The canonical bytes of a kernel's BTF, checked against their SHA-256.
    ///
    /// - Parameter kernel: a kernel of this store.
    /// - Returns: the bytes.
    /// - Throws: `StoreError.damaged`, naming the kernel, when they do not match or are missing.
    public func btf(of kernel: Kernel) throws(StoreError) -> [UInt8] {
        try btf(kernel.btf.digest, subject: "the BTF of \(kernel.name)")
    }

    /// The canonical bytes of a module's split BTF, checked against their SHA-256.
    ///
    /// - Parameter module: a module of a kernel of this store.
    /// - Returns: the bytes; their base is the kernel's BTF.
    /// - Throws: `StoreError.damaged`, naming kernel and module, when they do not match or are missing.
    public func btf(of module: Module) throws(StoreError) -> [UInt8] {
        try btf(module.btf.digest, subject: "the BTF of module \(module.name) of \(module.kernel)")
    }

    /// The canonical bytes of some BTF, checked against their SHA-256.
    ///
    /// - Parameter digest: the SHA-256 of the canonical bytes.
    /// - Returns: the bytes, or nil when the store does not hold them.
    /// - Throws: `StoreError.damaged` when they do not match.
    public func btf(digest: ContentDigest) throws(StoreError) -> [UInt8]? {
        try read { database in
            do { return try canonicalBytes(of: digest, in: database) } catch let damage as Damage {
                throw StoreError.damaged(path: path, subject: "the BTF of SHA-256 \(digest)", reason: damage.reason)
            }
        }
    }

    private func btf(_ digest: ContentDigest, subject: String) throws(StoreError) -> [UInt8] {
        try read { database in
            do {
                guard let bytes = try canonicalBytes(of: digest, in: database) else {
                    throw Damage(reason: "the store does not hold its bytes")
                }
                return bytes
            } catch let damage as Damage {
                throw StoreError.damaged(path: path, subject: subject, reason: damage.reason)
            }
        }
    }

    /// Reads canonical bytes; nil when the table does not hold the content.
    private func canonicalBytes(of digest: ContentDigest, in database: Database) throws -> [UInt8]? {
        let reader = ContentReader(database: database, cache: cache)
        return try reader.entry(of: digest).map { try reader.canonicalBytes(of: $0) }
    }
}
