internal import BTFDelta
package import KernelIdentity

/// A kernel's modules as what they add to those of another kernel, in the bytes of one row of `module_deltas`.
///
/// What is random, build-ids and digests, stands apart from the deltas, which are alike and compressed together.
package struct ModuleDeltas: Hashable, Sendable {
    /// What a module's BTF is, beside the base's module of the same name.
    package enum Form: Hashable, Sendable {
        /// The same bytes, over the same kernel's BTF.
        case same
        /// The same types and strings in the same order, over the next kernel's BTF.
        case copied
        /// What these bytes make of it.
        case delta([UInt8])
    }

    /// One module.
    package struct Entry: Hashable, Sendable {
        /// The module's place among the base's modules.
        package let place: Int
        package let buildID: BuildID?
        package let form: Form
        /// The digest of its BTF; nil where that is the base's.
        package let digest: ContentDigest?
        /// By how many bytes its BTF is larger than the base's.
        package let growth: Int

        package init(place: Int, buildID: BuildID?, form: Form, digest: ContentDigest?, growth: Int) {
            self.place = place
            self.buildID = buildID
            self.form = form
            self.digest = digest
            self.growth = growth
        }
    }

    /// The modules, in the order of the base's.
    package let entries: [Entry]

    /// Takes modules.
    ///
    /// - Parameter entries: the modules, in the order of the base's.
    package init(_ entries: [Entry]) { self.entries = entries }

    /// The number of the modules whose BTF is not the base's.
    var own: Int { entries.count { $0.digest != nil } }

    /// The bytes of memory that they take, or a little more.
    var memory: Int {
        entries.reduce(0) { sum, entry in
            guard case .delta(let delta) = entry.form else { return sum + 256 }
            return sum + 256 + delta.count
        }
    }
}

// MARK: - Bytes

extension ModuleDeltas {
    /// The build-ids, then the digests, each in the order of the modules that have one.
    package var identities: [UInt8] {
        entries.flatMap { $0.buildID?.bytes ?? [] } + entries.flatMap { $0.digest?.bytes ?? [] }
    }

    /// The rest, before it is compressed: docs/store.md has the numbers.
    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        var next = 0
        for run in runs {
            bytes.appendNumber(UInt64(run.lowerBound - next))
            bytes.appendNumber(UInt64(run.count))
            next = run.upperBound
        }
        for entry in entries { bytes.appendNumber(UInt64(entry.buildID?.bytes.count ?? 0)) }
        for entry in entries {
            switch entry.form {
            case .same: bytes.appendNumber(0)
            case .copied: bytes.appendNumber(1)
            case .delta(let delta): bytes.appendNumber(UInt64(delta.count) + 1)
            }
        }
        for entry in entries {
            bytes.appendNumber(UInt64(zigzag(UInt32(bitPattern: Int32(truncatingIfNeeded: entry.growth)))))
        }
        for case .delta(let delta) in entries.map(\.form) { bytes += delta }
        return bytes
    }

    /// The places that the modules have in the base, in runs.
    private var runs: [Range<Int>] {
        entries.reduce(into: []) { runs, entry in
            if let last = runs.last, last.upperBound == entry.place {
                runs[runs.count - 1] = last.lowerBound..<entry.place + 1
            } else {
                runs.append(entry.place..<entry.place + 1)
            }
        }
    }

    /// Reads modules.
    ///
    /// - Parameters:
    ///   - bytes: what `bytes` was.
    ///   - identities: what `identities` was.
    ///   - count: the number of modules.
    ///   - own: the number of those whose BTF is not the base's.
    /// - Throws: `DeltaError` or `ModuleDeltasError` when the bytes are something else.
    package init(bytes: [UInt8], identities: [UInt8], count: Int, own: Int) throws {
        // Each module takes three bytes at least.
        guard count > 0, count <= bytes.count / 3 else { throw ModuleDeltasError.malformed }
        var input = ByteReader(bytes)
        var places: [Int] = []
        while places.count < count {
            let skipped = try input.number(below: Self.placeLimit)
            let taken = try input.number(below: count - places.count + 1)
            let start = (places.last.map { $0 + 1 } ?? 0) + skipped
            guard taken > 0, start < Self.placeLimit else { throw ModuleDeltasError.malformed }
            places += start..<start + taken
        }
        var numbers: [[UInt64]] = []
        for _ in 0..<3 { numbers.append(try (0..<count).map { _ in try input.number() }) }
        guard numbers[1].count(where: { $0 != 0 }) == own else { throw ModuleDeltasError.malformed }
        var ids = ByteReader(identities)
        let buildIDs = try numbers[0].map { length -> BuildID? in
            if length == 0 { return nil }
            guard length <= 64, let id = BuildID(bytes: Array(try ids.bytes(Int(length)))) else {
                throw ModuleDeltasError.malformed
            }
            return id
        }
        entries = try (0..<count).map { index in
            guard let growth = UInt32(exactly: numbers[2][index]) else { throw ModuleDeltasError.malformed }
            let form: Form
            switch numbers[1][index] {
            case 0: form = .same
            case 1: form = .copied
            case let length:
                guard length <= bytes.count else { throw ModuleDeltasError.malformed }
                form = .delta(Array(try input.bytes(Int(length) - 1)))
            }
            return Entry(
                place: places[index],
                buildID: buildIDs[index],
                form: form,
                digest: form == .same ? nil : ContentDigest(bytes: Array(try ids.bytes(ContentDigest.length))),
                growth: Int(Int32(bitPattern: unzigzag(growth)))
            )
        }
        guard input.isAtEnd, ids.isAtEnd else { throw ModuleDeltasError.malformed }
    }

    /// More modules than any kernel has.
    private static let placeLimit = 1 << 20
}

/// Why bytes are no deltas of modules.
enum ModuleDeltasError: Error {
    case malformed
}
