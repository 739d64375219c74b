internal import BTF

/// What a search for a kernel's BTF found in bytes that have no section table.
enum FlatBTF {
    /// The kernel's BTF, proven whole.
    case found(BTF)
    /// Nothing that could be it.
    case absent
    /// Something that could be it at this offset, and why it is not whole.
    case damaged(offset: Int, reason: String)

    /// The bytes that a kernel's BTF may have; the largest known has 12 MB.
    static let sizeLimit = 64 << 20
    /// How many candidates are parsed, the largest first. There is one in a kernel, and sometimes a BPF object's.
    private static let parsedCandidates = 8

    /// Searches for the kernel's BTF.
    ///
    /// It is the largest one that parses, breaks no rule of the format, and defines what each kernel has: a struct
    /// `task_struct`. A header that states sections which do not fit, a record that is cut off or a reference that
    /// leads out of it rule a candidate out, and so does a string that has no end.
    ///
    /// - Parameter bytes: what to search.
    /// - Returns: what was found, in time that grows with the number of bytes.
    static func search(_ bytes: RawSpan) -> FlatBTF {
        var candidates: [Candidate] = []
        var problem: (offset: Int, reason: String)?
        for offset in 0..<max(bytes.byteCount - Candidate.headerLength, 0) {
            let first = bytes.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
            guard first == 0x9f || first == 0xeb, let candidate = Candidate(at: offset, in: bytes) else { continue }
            if candidate.end > bytes.byteCount {
                let reason =
                    "its header states \(candidate.count) bytes, of which \(bytes.byteCount - offset) are there"
                problem = problem ?? (offset, reason)
            } else if candidate.hasSoundStrings(in: bytes) {
                let index = candidates.firstIndex { $0.count < candidate.count } ?? candidates.count
                candidates.insert(candidate, at: index)
                if candidates.count > parsedCandidates { candidates.removeLast() }
            }
        }
        for candidate in candidates {
            switch candidate.parsed(from: bytes) {
            case .success(let btf):
                if btf.definesTasks { return .found(btf) }
            case .failure(let fault):
                problem = problem ?? (candidate.offset, fault.reason)
            }
        }
        return problem.map { .damaged(offset: $0.offset, reason: $0.reason) } ?? .absent
    }
}

/// A place that holds what can be a BTF header.
private struct Candidate {
    static let headerLength = 24
    /// Headers may grow; none has nearly as much as this.
    private static let headerLimit: UInt32 = 1024

    struct Fault: Error { let reason: String }

    let offset: Int
    /// How many bytes the header and its sections have.
    let count: Int
    private let strings: Range<Int>

    var end: Int { offset + count }

    /// Reads a header, whose first four bytes are the magic number, version 1 and no flags.
    init?(at offset: Int, in bytes: RawSpan) {
        let magic = bytes.word(at: offset)
        let isLittle = magic == 0x0001_eb9f
        guard isLittle || magic == 0x0001_9feb else { return nil }
        func word(_ field: Int) -> UInt32 {
            let word = bytes.word(at: offset + field)
            return isLittle ? word : word.byteSwapped
        }
        let header = word(4)
        guard (UInt32(Self.headerLength)...Self.headerLimit).contains(header), header.isMultiple(of: 4) else {
            return nil
        }
        let types = Int(word(8))..<Int(word(8)) + Int(word(12))
        let strings = Int(word(16))..<Int(word(16)) + Int(word(20))
        guard types.lowerBound.isMultiple(of: 4), types.count.isMultiple(of: 4), types.count >= 12, strings.count > 1,
            !types.overlaps(strings)
        else { return nil }
        let count = Int(header) + max(types.upperBound, strings.upperBound)
        guard count <= FlatBTF.sizeLimit else { return nil }
        self.offset = offset
        self.count = count
        self.strings = offset + Int(header) + strings.lowerBound..<offset + Int(header) + strings.upperBound
    }

    /// Whether the strings start with the empty one and the last one has an end.
    func hasSoundStrings(in bytes: RawSpan) -> Bool {
        bytes.unsafeLoad(fromByteOffset: strings.lowerBound, as: UInt8.self) == 0
            && bytes.unsafeLoad(fromByteOffset: strings.upperBound - 1, as: UInt8.self) == 0
    }

    func parsed(from bytes: RawSpan) -> Result<BTF, Fault> {
        do throws(BTFError) {
            let btf = try BTF(parsing: bytes.extracting(offset..<end))
            guard let finding = btf.verify(limit: 1).first else { return .success(btf) }
            return .failure(Fault(reason: finding.description))
        } catch {
            return .failure(Fault(reason: error.description))
        }
    }
}

extension BTF {
    /// Whether this is a kernel's: it defines `struct task_struct`.
    fileprivate var definesTasks: Bool {
        let name = Array("task_struct".utf8)
        return ids.contains { id in
            let header = header(of: id)
            return header.kind == .structure && bytes(at: header.name).elementsEqual(name)
        }
    }
}
