internal import Archive
internal import BTF

extension TypeTable {
    /// zstd's level. Of a kernel's 4.1 MB, 19 makes 1.01 MB, 9 makes 1.11 MB, and both unpack within 4 ms.
    private static let level = 19
    /// The shortest copies in words: an eighth faster to unpack than all copies, and not larger.
    private static let shortestMatch = 6

    /// The table in bytes that unpack fast: numbers, words and strings in one zstd frame each.
    ///
    /// - Throws: `ArchiveError` when memory runs out.
    public func packed() throws -> [UInt8] {
        var bytes: [UInt8] = [byteOrder == .bigEndian ? 1 : 0]
        let words = try ZstandardFrames.pack(
            Self.bytes(of: differences()),
            level: Self.level,
            shortestMatch: Self.shortestMatch
        )
        let text = try Compression.zstd.compress(strings, level: Self.level)
        for number in [stringStarts.count - 1, strings.count, starts.count - 1, self.words.count, words.count] {
            bytes.appendNumber(UInt64(number))
        }
        return bytes + words + text
    }

    /// Reads such bytes; that names and references lead somewhere is not checked.
    ///
    /// - Parameters:
    ///   - packed: the bytes, of any content.
    ///   - limit: the most canonical bytes that the table may stand for.
    /// - Throws: `DeltaError` when they are none.
    public init(packed: [UInt8], limit: Int = Delta.sizeLimit) throws(DeltaError) {
        var input = ByteReader(packed)
        byteOrder = try input.number(below: 2) == 1 ? .bigEndian : .littleEndian
        let stringCount = try input.number(below: limit)
        let stringBytes = try input.number(below: limit)
        let typeCount = try input.number(below: limit)
        let wordCount = try input.number(below: limit / 4)
        let wordsFrame = try input.bytes(try input.number(below: packed.count))
        let stringsFrame = input.rest
        guard 24 + stringBytes + 4 * wordCount <= limit, stringCount <= stringBytes, 3 * typeCount <= wordCount else {
            throw DeltaError("it gives too many bytes")
        }
        firstID = 1
        firstRank = 0
        firstStringOffset = 0
        let (types, text) = Both.of(
            { Self.types(in: wordsFrame, wordCount, typeCount) },
            { Self.text(in: stringsFrame, stringBytes, stringCount) }
        )
        (words, starts) = try types.get()
        (strings, stringStarts) = try text.get()
    }

    /// Unpacks words, and finds where each record starts, and at last where they end.
    private static func types(
        in frame: ArraySlice<UInt8>,
        _ wordCount: Int,
        _ typeCount: Int
    ) -> Result<(words: [UInt32], starts: [UInt32]), DeltaError> {
        guard var words = ZstandardFrames().unpackWords(frame, count: wordCount) else { return .failure(unpackable) }
        guard let starts = restore(&words, count: typeCount) else {
            return .failure(DeltaError("its types are malformed"))
        }
        return .success((words, starts))
    }

    /// Unpacks strings, and finds where each starts, and at last where they end.
    private static func text(
        in frame: ArraySlice<UInt8>,
        _ byteCount: Int,
        _ stringCount: Int
    ) -> Result<(strings: [UInt8], starts: [UInt32]), DeltaError> {
        guard let strings = ZstandardFrames().unpack(frame, count: byteCount) else { return .failure(unpackable) }
        let starts = stringStarts(in: strings)
        guard starts.count == stringCount + 1, starts.last == UInt32(byteCount) else {
            return .failure(DeltaError("its strings are malformed"))
        }
        return .success((strings, starts))
    }

    private static var unpackable: DeltaError { DeltaError("it cannot be unpacked") }

    /// The words with each type's name as the difference to the one before, and likewise functions' prototypes.
    private func differences() -> [UInt32] {
        var words = words
        var (name, prototype): (UInt32, UInt32) = (0, 0)
        for start in starts.dropLast() {
            let at = Int(start)
            (words[at], name) = (words[at] &- name, words[at])
            if words[at + 1] >> 24 & 31 == 12 {
                (words[at + 2], prototype) = (words[at + 2] &- prototype, words[at + 2])
            }
        }
        return words
    }

    /// Takes differences back.
    ///
    /// - Returns: where each record starts, and at last where they end; nil when there are not so many.
    private static func restore(_ words: inout [UInt32], count: Int) -> [UInt32]? {
        var starts = [UInt32](repeating: 0, count: count + 1)
        var (name, prototype): (UInt32, UInt32) = (0, 0)
        var at = 0
        for index in 0..<count {
            guard at + 3 <= words.count else { return nil }
            starts[index] = UInt32(at)
            name &+= words[at]
            words[at] = name
            let info = words[at + 1]
            if info >> 24 & 31 == 12 {
                prototype &+= words[at + 2]
                words[at + 2] = prototype
            }
            at += 3 + RecordShape.elementWords(info: info)
        }
        guard at == words.count else { return nil }
        starts[count] = UInt32(at)
        return starts
    }

    private static func bytes(of words: [UInt32]) -> [UInt8] {
        words.map(\.littleEndian).withUnsafeBytes { Array($0) }
    }
}
