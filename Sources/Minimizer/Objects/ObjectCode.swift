import BTF
import ELF

/// The program code of a BPF object, as far as places in it have to be named.
struct ObjectCode: Sendable {
    /// A function in a section.
    private struct Function: Sendable {
        /// In bytes from the start of the section.
        let start: UInt64
        let name: String
    }

    private var functions: [String: [Function]] = [:]
    private var lines: [String: [BTFExtension.LineRecord]] = [:]
    let types: BTF
    private var contents: [String: MappedRange] = [:]

    /// Collects the functions, from symbols and where there are none from the function records; and the source lines.
    init(of file: ELFFile, types: BTF, _ records: BTFExtension) throws(BPFObjectError) {
        self.types = types
        do throws(ELFError) {
            for section in file.sections where section.flags.contains(.executable) && contents[section.name] == nil {
                contents[section.name] = try file.contents(of: section, limit: BPFObject.sectionLimit)
            }
            for symbol in try file.symbols() where symbol.kind == .function {
                guard let index = symbol.sectionIndex, file.sections.indices.contains(index) else { continue }
                functions[file.sections[index].name, default: []].append(
                    Function(start: symbol.value, name: symbol.name)
                )
            }
        } catch {
            throw BPFObjectError(error)
        }
        let named = Set(functions.keys)
        for record in records.functions {
            let section = Self.text(record.section, in: types)
            guard !named.contains(section) else { continue }
            let name = Self.text(types.header(of: TypeID(record.type)).name, in: types)
            functions[section, default: []].append(Function(start: UInt64(record.instructionOffset), name: name))
        }
        for record in records.lines { lines[Self.text(record.section, in: types), default: []].append(record) }
        for section in functions.keys { functions[section]?.sort { $0.start < $1.start } }
        for section in lines.keys { lines[section]?.sort { $0.instructionOffset < $1.instructionOffset } }
    }

    /// Names the instruction at an offset in bytes from the start of a section.
    func location(of offset: UInt32, in section: String) -> InstructionLocation {
        let function = Self.last(of: functions[section] ?? []) { $0.start <= UInt64(offset) }
        // A line holds until the next one starts, but not from one function into the next.
        let line = Self.last(of: lines[section] ?? []) { $0.instructionOffset <= offset }
        let isOfFunction = line.map { UInt64($0.instructionOffset) >= function?.start ?? 0 } ?? false
        return InstructionLocation(
            section: section,
            function: function?.name,
            index: Int(offset) / 8,
            indexInFunction: function.map { Int(offset) / 8 - Int(truncatingIfNeeded: $0.start) / 8 },
            source: isOfFunction ? line.map(source) : nil
        )
    }

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
        guard let size = contents[section]?.count, let functions = functions[section],
            let index = Self.lastIndex(of: functions, where: { $0.start <= UInt64(offset) }),
            let start = Int(exactly: functions[index].start), start < size
        else { return nil }
        let next = functions.indices.contains(index + 1) ? Int(exactly: functions[index + 1].start) ?? size : size
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

    /// The last element for which a condition holds that, once false, stays false.
    private static func last<Element>(of elements: [Element], where isBefore: (Element) -> Bool) -> Element? {
        lastIndex(of: elements, where: isBefore).map { elements[$0] }
    }

    private static func lastIndex<Element>(of elements: [Element], where isBefore: (Element) -> Bool) -> Int? {
        var (low, high) = (0, elements.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(elements[middle]) { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
