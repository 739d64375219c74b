import BTF
import ELF

/// The program code of a BPF object, as far as places in it have to be named.
struct ObjectCode: Sendable {
    /// A function in a section.
    struct Function: Sendable {
        let section: String
        /// In bytes from the start of the section.
        let start: UInt64
        let name: String
    }

    /// All functions, section by section, in the order of their starts.
    private(set) var functions: [Function] = []
    /// The places of a section's functions among all.
    private var places: [String: Range<Int>] = [:]
    private var lines: [String: [BTFExtension.LineRecord]] = [:]
    let types: BTF
    /// The sections that hold code.
    private(set) var contents: [String: MappedRange] = [:]

    /// Collects the functions, from symbols and where there are none from the function records; and the source lines.
    init(of file: ELFFile, types: BTF, _ records: BTFExtension) throws(BPFObjectError) {
        self.types = types
        var named: [String: [Function]] = [:]
        do throws(ELFError) {
            for section in file.sections where section.flags.contains(.executable) && contents[section.name] == nil {
                contents[section.name] = try file.contents(of: section, limit: BPFObject.sectionLimit)
            }
            for symbol in try file.symbols() where symbol.kind == .function {
                guard let index = symbol.sectionIndex, file.sections.indices.contains(index) else { continue }
                let section = file.sections[index].name
                named[section, default: []].append(Function(section: section, start: symbol.value, name: symbol.name))
            }
        } catch {
            throw BPFObjectError(error)
        }
        let sections = Set(named.keys)
        for record in records.functions {
            let section = Self.text(record.section, in: types)
            guard !sections.contains(section) else { continue }
            let name = Self.text(types.header(of: TypeID(record.type)).name, in: types)
            let start = UInt64(record.instructionOffset)
            named[section, default: []].append(Function(section: section, start: start, name: name))
        }
        for (section, found) in named.sorted(by: { $0.key < $1.key }) {
            places[section] = functions.count..<functions.count + found.count
            functions += found.sorted { ($0.start, $0.name) < ($1.start, $1.name) }
        }
        for record in records.lines { lines[Self.text(record.section, in: types), default: []].append(record) }
        for section in lines.keys { lines[section]?.sort { $0.instructionOffset < $1.instructionOffset } }
    }

    /// Names the instruction at an offset in bytes from the start of a section.
    func location(of offset: UInt32, in section: String) -> InstructionLocation {
        let function = function(at: UInt64(offset), in: section).map { functions[$0] }
        // A line holds until the next one starts, but not from one function into the next.
        let line = line(at: offset, in: section)
        let isOfFunction = line.map { UInt64($0.instructionOffset) >= function?.start ?? 0 } ?? false
        return InstructionLocation(
            section: section,
            function: function?.name,
            index: Int(offset) / 8,
            indexInFunction: function.map { Int(offset) / 8 - Int(truncatingIfNeeded: $0.start) / 8 },
            source: isOfFunction ? line.map(source) : nil
        )
    }

    /// The last entry of a section's line info that starts at an offset or before it.
    func entry(at offset: UInt32, in section: String) -> BTFExtension.LineRecord? {
        let own = lines[section] ?? []
        return Self.last(own.indices) { own[$0].instructionOffset <= offset }.map { own[$0] }
    }

    /// The function that a place in a section belongs to, by its place among `functions`.
    func function(at offset: UInt64, in section: String) -> Int? {
        Self.last(places[section] ?? 0..<0) { functions[$0].start <= offset }
    }

    /// Whether a function is a program of its own: all are but those of `.text`.
    func isProgram(_ function: Int) -> Bool { functions[function].section != ".text" }

    private func source(_ line: BTFExtension.LineRecord) -> SourceLine {
        SourceLine(
            file: Self.text(StringOffset(rawValue: line.file), in: types),
            line: Int(line.line),
            column: Int(line.column),
            text: Self.text(StringOffset(rawValue: line.text), in: types)
        )
    }

    /// A string for people to read; nobody reads more than a kilobyte of one.
    static func text(_ offset: StringOffset, in types: BTF) -> String { types.string(at: offset, limit: 1024) }

    /// The opcode of the instruction at an offset, or nil where the section has no such instruction.
    func opcode(at offset: UInt32, in section: String) -> UInt8? {
        guard let range = contents[section], Int(offset) + 8 <= range.count else { return nil }
        return range.withBytes { $0[Int(offset)] }
    }

    /// Where the function around an offset in a section starts and ends, in bytes; nil where no function is known.
    func functionRange(around offset: UInt32, in section: String) -> Range<Int>? {
        guard let size = contents[section]?.count, let index = function(at: UInt64(offset), in: section),
            let start = Int(exactly: functions[index].start), start < size
        else { return nil }
        let next =
            index + 1 < places[section]?.upperBound ?? 0 ? Int(exactly: functions[index + 1].start) ?? size : size
        return start..<max(start, min(next, size))
    }

    /// The instructions that lie whole in a range of a section.
    func instructions(in range: Range<Int>, of section: String) -> [BPFInstruction] {
        guard let contents = contents[section], range.upperBound <= contents.count else { return [] }
        let order = types.byteOrder
        return contents.withBytes { bytes in
            stride(from: range.lowerBound, to: range.upperBound - BPFInstruction.size + 1, by: BPFInstruction.size)
                .map { BPFInstruction(bytes, at: $0, order) }
        }
    }

    /// The last index for which a condition holds that, once false, stays false.
    private static func last(_ indices: Range<Int>, where isBefore: (Int) -> Bool) -> Int? {
        var (low, high) = (indices.lowerBound, indices.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(middle) { low = middle + 1 } else { high = middle }
        }
        return low > indices.lowerBound ? low - 1 : nil
    }
}
