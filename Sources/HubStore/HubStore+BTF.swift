internal import GRDB

extension HubStore {
    /// The canonical bytes of a kernel's BTF, checked against their SHA-256.
    ///
    /// - Parameter kernel: a kernel of this store.
    /// - Returns: the bytes.
    /// - Throws: `StoreError.damaged`, naming the kernel, when they do not match or are missing.
    public func btf(of kernel: Kernel) throws(StoreError) -> [UInt8] {
        let subject = "the BTF of \(kernel.name)"
        return try read { database in
            do {
                guard let bytes = try canonicalBytes(of: kernel.btf.digest, in: database) else {
                    throw Damage(reason: "the store does not hold its bytes")
                }
                return bytes
            } catch let damage as Damage {
                throw StoreError.damaged(path: path, subject: subject, reason: damage.reason)
            }
        }
    }

    /// The canonical bytes of a module's split BTF, checked against their SHA-256.
    ///
    /// - Parameter module: a module of a kernel of this store.
    /// - Returns: the bytes; their base is the kernel's BTF.
    /// - Throws: `StoreError.damaged`, naming kernel and module, when they do not match or are missing.
    public func btf(of module: Module) throws(StoreError) -> [UInt8] {
        try read { database in
            let reader = moduleReader(database)
            do {
                do { return try reader.canonicalBytes(at: module.place, module.btf) } catch let damage as Damage {
                    // What builds on a kernel that is stored anew, or is optimized, may be stored elsewhere by now.
                    cache.removeAll()
                    let now = try reader.modules(of: module.kernelID).first { $0.name == module.name }
                    guard let now, now.btf == module.btf else { throw damage }
                    return try reader.canonicalBytes(at: now.place, now.btf)
                }
            } catch let damage as Damage {
                let subject = "the BTF of module \(module.name) of \(module.kernel)"
                throw StoreError.damaged(path: path, subject: subject, reason: damage.reason)
            }
        }
    }

    /// The canonical bytes of some BTF that is stored on its own, as each kernel's is, checked against their SHA-256.
    ///
    /// - Parameter digest: the SHA-256 of the canonical bytes.
    /// - Returns: the bytes, or nil when the store does not hold them, or only as what a kernel's module adds to another's.
    /// - Throws: `StoreError.damaged` when they do not match.
    public func btf(digest: ContentDigest) throws(StoreError) -> [UInt8]? {
        try read { database in
            do { return try canonicalBytes(of: digest, in: database) } catch let damage as Damage {
                throw StoreError.damaged(path: path, subject: "the BTF of SHA-256 \(digest)", reason: damage.reason)
            }
        }
    }

    /// Reads canonical bytes; nil when the table does not hold the content.
    private func canonicalBytes(of digest: ContentDigest, in database: Database) throws -> [UInt8]? {
        let reader = ContentReader(database: database, cache: cache)
        return try reader.entry(of: digest).map { try reader.canonicalBytes(of: $0) }
    }
}
