internal import BTF

/// Puts records together and numbers their names and references anew: one pass over millions of words.
///
/// The module's one place with pointers. Each record's length is held against what is left before it is touched, and what
/// numbers lead out of the tables becomes `Correspondence.none`.
struct RecordPass {
    /// Words to put together.
    enum Part {
        /// Records of a source, by their words, to be numbered anew.
        case record(Int, Range<Int>)
        /// Words of a source, as they are.
        case literal(Int, Range<Int>)

        fileprivate var place: (source: Int, range: Range<Int>, isRecord: Bool) {
            switch self {
            case .record(let source, let range): (source, range, true)
            case .literal(let source, let range): (source, range, false)
            }
        }

        fileprivate var count: Int { place.range.count }
    }

    private let sources: [[UInt32]]
    private let numbering: Correspondence

    init(sources: [[UInt32]], _ numbering: Correspondence) {
        self.sources = sources
        self.numbering = numbering
    }

    /// The words of some parts; nil when they are not so many.
    func words(_ parts: [Part], _ count: Int) -> [UInt32]? {
        guard parts.reduce(0, { $0 + $1.count }) == count else { return nil }
        return [UInt32](unsafeUninitializedCapacity: count) { buffer, filled in
            fill(buffer, parts)
            filled = count
        }
    }

    /// A BTF's bytes; nil when the parts have another number of words.
    func bytes(
        _ header: [UInt8],
        _ parts: [Part],
        _ wordCount: Int,
        _ byteOrder: ByteOrder,
        _ strings: [ArraySlice<UInt8>]
    ) -> [UInt8]? {
        guard parts.reduce(0, { $0 + $1.count }) == wordCount, header.count.isMultiple(of: 4) else { return nil }
        let stringsStart = header.count + 4 * wordCount
        let total = stringsStart + strings.reduce(0) { $0 + $1.count }
        return [UInt8](unsafeUninitializedCapacity: total) { buffer, filled in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            raw.copyBytes(from: header)
            raw[header.count..<stringsStart].withMemoryRebound(to: UInt32.self) { words in
                let words = UnsafeMutableBufferPointer(rebasing: words[...])
                fill(words, parts)
                if byteOrder != .host { for index in words.indices { words[index] = words[index].byteSwapped } }
            }
            var at = stringsStart
            for piece in strings {
                UnsafeMutableRawBufferPointer(rebasing: raw[at...]).copyBytes(from: piece)
                at += piece.count
            }
            filled = total
        }
    }

    private func fill(_ words: UnsafeMutableBufferPointer<UInt32>, _ parts: [Part]) {
        numbering.types.withUnsafeBufferPointer { types in
            numbering.ranks.withUnsafeBufferPointer { names in
                withSources { sources in
                    var at = 0
                    for part in parts {
                        let (source, range, isRecord) = part.place
                        let own = UnsafeBufferPointer(rebasing: sources[source][range])
                        let target = UnsafeMutableBufferPointer(rebasing: words[at..<at + range.count])
                        if isRecord {
                            Self.renumber(own, to: target, types, names)
                        } else {
                            _ = target.initialize(fromContentsOf: own)
                        }
                        at += range.count
                    }
                }
            }
        }
    }

    /// Calls a closure with all sources' words.
    private func withSources(
        _ first: Int = 0,
        _ opened: [UnsafeBufferPointer<UInt32>] = [],
        _ body: ([UnsafeBufferPointer<UInt32>]) -> Void
    ) {
        guard first < sources.count else { return body(opened) }
        sources[first].withUnsafeBufferPointer { withSources(first + 1, opened + [$0], body) }
    }

    private static func renumber(
        _ source: UnsafeBufferPointer<UInt32>,
        to target: UnsafeMutableBufferPointer<UInt32>,
        _ types: UnsafeBufferPointer<UInt32>,
        _ names: UnsafeBufferPointer<UInt32>
    ) {
        guard let from = source.baseAddress, let to = target.baseAddress, target.count == source.count else { return }
        let count = source.count
        @inline(__always)
        func name(_ at: Int) {
            let rank = Int(from[at])
            to[at] = rank < names.count ? names[rank] : Correspondence.none
        }
        @inline(__always)
        func reference(_ at: Int) {
            let id = Int(from[at])
            to[at] = id < types.count ? types[id] : Correspondence.none
        }
        @inline(__always)
        func value(_ at: Int) { to[at] = from[at] }
        var at = 0
        while at < count {
            let info = at + 3 <= count ? from[at + 1] : 0
            let end = at + 3 + RecordShape.elementWords(info: info)
            guard end <= count else { break }
            name(at)
            value(at + 1)
            let kind = info >> 24 & 31
            if RecordShape.refersThroughHeader(kind: kind) { reference(at + 2) } else { value(at + 2) }
            at += 3
            // Written out by kind: nearly all the time of a read is spent here.
            switch kind {
            case 4, 5:
                while at < end {
                    name(at)
                    reference(at + 1)
                    value(at + 2)
                    at += 3
                }
            case 13:
                while at < end {
                    name(at)
                    reference(at + 1)
                    at += 2
                }
            case 6:
                while at < end {
                    name(at)
                    value(at + 1)
                    at += 2
                }
            case 19:
                while at < end {
                    name(at)
                    value(at + 1)
                    value(at + 2)
                    at += 3
                }
            case 15:
                while at < end {
                    reference(at)
                    value(at + 1)
                    value(at + 2)
                    at += 3
                }
            case 3:
                reference(at)
                reference(at + 1)
                value(at + 2)
                at += 3
            default:
                while at < end {
                    value(at)
                    at += 1
                }
            }
        }
        // Words that are no record; only damage leads here.
        while at < count {
            to[at] = Correspondence.none
            at += 1
        }
    }
}
