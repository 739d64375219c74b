internal import Foundation
internal import HubStore
internal import Minimizer

/// A file of records to which any number of processes may append, and which is believed record by record.
///
/// After a mark of 8 bytes, each record is: the length of its body as 4 bytes, little-endian; the body, whose first byte
/// says what it is; the SHA-256 of the body. Reading ends at the first record that is not whole.
struct SolutionFile {
    /// What a record holds.
    enum Record {
        /// Minimised BTF.
        case blob([UInt8])
        /// A solution, as JSON.
        case solution([UInt8])
        /// What a solution touched.
        case touched(TouchedTypes)
        /// Which solution a kernel has: the digest of its BTF or of what was touched of it, and of the solution's JSON.
        case kernel(ContentDigest, ContentDigest)
    }

    private let path: String
    private let limit: Int

    private static let mark = Array("BTFHubS1".utf8)
    /// The most files that the folder keeps.
    private static let fileLimit = 16

    /// Names a file in a folder, which is made where there is none.
    ///
    /// - Parameters:
    ///   - folder: the folder; files that were not used for longest make room in it.
    ///   - name: the file's name.
    ///   - limit: the most bytes that the file may have; a larger one is begun anew.
    init?(folder: String, name: String, limit: Int) {
        let manager = FileManager.default
        let made: Void? = try? manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        guard made != nil else { return nil }
        path = "\(folder)/\(name)"
        self.limit = limit
        makeRoom(in: folder, for: name)
    }

    private func makeRoom(in folder: String, for name: String) {
        let manager = FileManager.default
        let others = ((try? manager.contentsOfDirectory(atPath: folder)) ?? []).filter {
            $0 != name && ContentDigest($0) != nil
        }
        guard others.count >= Self.fileLimit else { return }
        let dated = others.map { other -> (path: String, date: Date) in
            let attributes = try? manager.attributesOfItem(atPath: "\(folder)/\(other)")
            return ("\(folder)/\(other)", attributes?[.modificationDate] as? Date ?? .distantPast)
        }
        for (path, _) in dated.sorted(by: { $0.date < $1.date }).prefix(others.count - Self.fileLimit + 1) {
            try? manager.removeItem(atPath: path)
        }
    }

    /// The records that are whole.
    func records() -> [Record] {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.intValue ?? 0
        guard size > 0 else { return [] }
        guard size <= limit, let data = FileManager.default.contents(atPath: path), data.starts(with: Self.mark) else {
            try? FileManager.default.removeItem(atPath: path)
            return []
        }
        let bytes = Array(data)
        var records: [Record] = []
        var position = Self.mark.count
        while let (record, end) = Self.record(in: bytes, at: position) {
            records.append(record)
            position = end
        }
        // What is appended behind a damaged record would never be read.
        if position < bytes.count { truncate(path, off_t(position)) }
        return records
    }

    /// Appends records; what cannot be written is only lost time.
    func append(_ records: [Record]) {
        guard !records.isEmpty else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var bytes = lseek(descriptor, 0, SEEK_END) == 0 ? Self.mark : []
        for record in records {
            let body = Self.body(of: record)
            bytes += (0..<4).map { UInt8(truncatingIfNeeded: body.count >> (8 * $0)) }
            bytes += body + ContentDigest(of: body).bytes
        }
        // One call, so that the records of several processes do not mix.
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    private static func body(of record: Record) -> [UInt8] {
        switch record {
        case .blob(let bytes): [UInt8(ascii: "B")] + bytes
        case .solution(let json): [UInt8(ascii: "S")] + json
        case .touched(let touched): [UInt8(ascii: "T")] + touched.bytes
        case .kernel(let key, let solution): [UInt8(ascii: "K")] + key.bytes + solution.bytes
        }
    }

    private static func record(in bytes: [UInt8], at start: Int) -> (Record, end: Int)? {
        guard bytes.count - start >= 4 else { return nil }
        let length = bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
        let body = start + 4
        guard length > 0, bytes.count - body >= length, bytes.count - body - length >= ContentDigest.length else {
            return nil
        }
        let (digest, end) = (body + length, body + length + ContentDigest.length)
        guard ContentDigest(of: bytes[body..<digest]).bytes == Array(bytes[digest..<end]) else { return nil }
        let content = Array(bytes[(body + 1)..<digest])
        switch bytes[body] {
        case UInt8(ascii: "B"): return (.blob(content), end)
        case UInt8(ascii: "S"): return (.solution(content), end)
        case UInt8(ascii: "T"): return TouchedTypes(bytes: content).map { (.touched($0), end) }
        case UInt8(ascii: "K"):
            guard let key = ContentDigest(bytes: Array(content.prefix(ContentDigest.length))),
                let solution = ContentDigest(bytes: Array(content.dropFirst(ContentDigest.length)))
            else { return nil }
            return (.kernel(key, solution), end)
        default: return nil
        }
    }
}
