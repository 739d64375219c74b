package import BTFDelta
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
        /// What this delta makes of it.
        case delta(DeltaParts)
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

    /// The most modules that the base may have, several times what any kernel has: it bounds what reading takes.
    package static let limit = 1 << 16

    /// Takes modules.
    ///
    /// - Parameter entries: the modules, in the order of the base's.
    package init(_ entries: [Entry]) { self.entries = entries }

    /// The number of the modules whose BTF is not the base's.
    var own: Int { entries.count { $0.digest != nil } }

    /// The bytes of memory that they take, or a little more.
    var memory: Int {
        entries.reduce(0) { sum, entry in
            sum + 256 + (entry.form.delta?.parts.reduce(0) { $0 + 64 + $1.bytes.count } ?? 0)
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
        for entry in entries { bytes.appendNumber(entry.form.number) }
        for entry in entries { bytes.appendSigned(Int32(truncatingIfNeeded: entry.growth)) }
        let deltas = entries.compactMap(\.form.delta)
        for delta in deltas { bytes.appendSigned(delta.strings) }
        for delta in deltas { bytes.appendSigned(delta.types) }
        for delta in deltas { bytes.appendSigned(delta.words) }
        let parts = deltas.map { Dictionary($0.parts.map { ($0.column, $0.bytes) }) { $1 } }
        for column in 0..<DeltaParts.columnCount {
            for part in parts { bytes.appendNumber(UInt64(part[column]?.count ?? 0)) }
            for part in parts { bytes += part[column] ?? [] }
        }
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
    /// - Throws: `DeltaError` when the bytes are something else.
    package init(bytes: [UInt8], identities: [UInt8], count: Int, own: Int) throws(DeltaError) {
        // Each module takes three bytes at least.
        guard count > 0, count <= min(bytes.count / 3, Self.limit) else {
            throw DeltaError("a count in it is impossible")
        }
        var input = ByteReader(bytes)
        let places = try Self.places(&input, count: count)
        let lengths = try input.numbers(count, below: 65)
        let forms = try input.numbers(count, below: 3)
        let growths = try input.signedNumbers(count)
        var deltas = try Self.deltas(&input, count: forms.count { $0 == 2 })[...]
        var ids = ByteReader(identities)
        var buildIDs: [BuildID?] = []
        for length in lengths { buildIDs.append(BuildID(bytes: Array(try ids.bytes(length)))) }
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        for index in 0..<count {
            let form: Form =
                switch forms[index] {
                case 0: .same
                case 1: .copied
                default: .delta(deltas.removeFirst())
                }
            let digest = form == .same ? nil : ContentDigest(bytes: Array(try ids.bytes(ContentDigest.length)))
            let entry = Entry(
                place: places[index],
                buildID: buildIDs[index],
                form: form,
                digest: digest,
                growth: Int(growths[index])
            )
            entries.append(entry)
        }
        guard input.isAtEnd, ids.isAtEnd else { throw DeltaError("it goes on behind its end") }
        self.entries = entries
        guard self.own == own else { throw DeltaError("a count in it is impossible") }
    }

    private static func places(_ input: inout ByteReader, count: Int) throws(DeltaError) -> [Int] {
        var places: [Int] = []
        while places.count < count {
            let skipped = try input.number(below: limit)
            let taken = try input.number(below: count - places.count + 1)
            let start = (places.last.map { $0 + 1 } ?? 0) + skipped
            guard taken > 0, start + taken <= limit else { throw DeltaError("a count in it is impossible") }
            places += start..<start + taken
        }
        return places
    }

    private static func deltas(_ input: inout ByteReader, count: Int) throws(DeltaError) -> [DeltaParts] {
        let strings = try input.signedNumbers(count)
        let types = try input.signedNumbers(count)
        let words = try input.signedNumbers(count)
        var parts = [[DeltaParts.Part]](repeating: [], count: count)
        for column in 0..<DeltaParts.columnCount {
            let lengths = try input.numbers(count, below: BTFTable.sizeLimit)
            for (index, length) in lengths.enumerated() where length > 0 {
                parts[index].append(DeltaParts.Part(column: column, bytes: Array(try input.bytes(length))))
            }
        }
        return (0..<count).map {
            DeltaParts(strings: strings[$0], types: types[$0], words: words[$0], parts: parts[$0])
        }
    }
}

extension ModuleDeltas.Form {
    /// The number that stands for it.
    fileprivate var number: UInt64 {
        switch self {
        case .same: 0
        case .copied: 1
        case .delta: 2
        }
    }

    /// The delta, where it is one.
    fileprivate var delta: DeltaParts? { if case .delta(let parts) = self { parts } else { nil } }
}

// MARK: - Numbers

extension [UInt8] {
    /// Appends a number that may be negative.
    fileprivate mutating func appendSigned(_ number: Int32) {
        appendNumber(UInt64(zigzag(UInt32(bitPattern: number))))
    }
}

extension ByteReader {
    /// Reads so many numbers.
    fileprivate mutating func numbers(_ count: Int, below limit: Int) throws(DeltaError) -> [Int] {
        var numbers: [Int] = []
        numbers.reserveCapacity(count)
        for _ in 0..<count { numbers.append(try number(below: limit)) }
        return numbers
    }

    /// Reads so many numbers that may be negative.
    fileprivate mutating func signedNumbers(_ count: Int) throws(DeltaError) -> [Int32] {
        try numbers(count, below: 1 << 32).map { Int32(bitPattern: unzigzag(UInt32($0))) }
    }
}
