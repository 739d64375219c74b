import BTF
import ELF

/// Which relocations of an object are loaded together: those of a program and of all functions that it calls.
///
/// Source: cilium/ebpf's `flattenPrograms`, libbpf's `bpf_object__reloc_code` and the kernel's documentation of calls
/// (`Documentation/bpf/standardization/instruction-set.rst`, "Program-local functions").
struct ProgramGroups {
    /// The most entries that all groups may have together, far above what real objects need.
    static let limit = 1 << 20

    private let file: ELFFile
    private let code: ObjectCode
    /// What each function calls, by its place among the object's.
    private var calls: [Set<Int>]

    init(of file: ELFFile, code: ObjectCode) throws(BPFObjectError) {
        self.file = file
        self.code = code
        calls = [Set<Int>](repeating: [], count: code.functions.count)
        let symbols: [ELFSymbol]
        do throws(ELFError) {
            symbols = try file.symbols()
            for section in file.sections where code.contents[section.name] != nil {
                try collect(in: section, symbols)
            }
        } catch {
            throw BPFObjectError(error)
        }
    }

    /// Groups requests.
    ///
    /// - Parameter functions: for each request, the place of its function among the object's, where it is known.
    /// - Returns: the requests of each program that has some, by their indexes.
    /// - Throws: `BPFObjectError` when there are more than any real object has.
    func groups(ofRequestsIn functions: [Int?]) throws(BPFObjectError) -> [[Int]] {
        var requests: [Int: [Int]] = [:]
        for (request, function) in functions.enumerated() { requests[function ?? -1, default: []].append(request) }
        var groups: [[Int]] = []
        if let unknown = requests[-1] { groups.append(unknown) }
        var isGrouped = [Bool](repeating: false, count: calls.count)
        var count = 0
        // Functions of .text are loaded with the programs that call them; those that none calls stand alone.
        let order = calls.indices.sorted { code.isProgram($0) && !code.isProgram($1) }
        for start in order where code.isProgram(start) || !isGrouped[start] {
            let reached = functionsReached(from: start)
            for function in reached { isGrouped[function] = true }
            let group = reached.flatMap { requests[$0] ?? [] }.sorted()
            count += group.count + reached.count
            guard count <= Self.limit else {
                throw BPFObjectError(
                    .malformed,
                    object: file.name,
                    section: code.functions[start].section,
                    offset: Int(exactly: code.functions[start].start),
                    reason: "its functions call one another too often"
                )
            }
            if !group.isEmpty { groups.append(group) }
        }
        return groups
    }

    private func functionsReached(from start: Int) -> Set<Int> {
        var reached: Set<Int> = [start]
        var waiting = [start]
        while let function = waiting.popLast() {
            for callee in calls[function] where reached.insert(callee).inserted { waiting.append(callee) }
        }
        return reached
    }

    private mutating func collect(in section: ELFSection, _ symbols: [ELFSymbol]) throws(ELFError) {
        var patches: [UInt64: ELFSymbol] = [:]
        for relocation in try file.relocations(patching: section) where symbols.indices.contains(relocation.symbolIndex)
        {
            patches[relocation.offset] = symbols[relocation.symbolIndex]
        }
        guard let contents = code.contents[section.name] else { return }
        for offset in stride(from: 0, through: contents.count - 8, by: 8) {
            let instruction = contents.withBytes { bytes in (0..<8).map { bytes[offset + $0] } }
            guard let callee = callee(instruction, at: offset, in: section, patches[UInt64(offset)]),
                let caller = code.function(at: UInt64(offset), in: section.name)
            else { continue }
            calls[caller].insert(callee)
        }
    }

    /// The function that an instruction calls or takes the address of, if it does.
    private func callee(
        _ instruction: [UInt8],
        at offset: Int,
        in section: ELFSection,
        _ symbol: ELFSymbol?
    ) -> Int? {
        let isLittle = file.header.byteOrder == .little
        let number = (4..<8).reduce(UInt32(0)) { $0 << 8 | UInt32(instruction[isLittle ? 11 - $1 : $1]) }
        let immediate = Int64(Int32(bitPattern: number))
        let source = isLittle ? instruction[1] >> 4 : instruction[1] & 0xf
        // BPF_JMP | BPF_CALL with BPF_PSEUDO_CALL counts from the next instruction; a load of an address counts bytes.
        let distance: Int64
        switch instruction[0] {
        case 0x85 where source == 1: distance = (immediate + 1) * 8
        case 0x18 where symbol != nil: distance = immediate
        default: return nil
        }
        guard let symbol else { return code.function(at: Int64(offset) + distance, in: section.name) }
        guard let index = symbol.sectionIndex, file.sections.indices.contains(index) else { return nil }
        return code.function(at: Int64(truncatingIfNeeded: symbol.value) &+ distance, in: file.sections[index].name)
    }
}

extension ObjectCode {
    fileprivate func function(at offset: Int64, in section: String) -> Int? {
        UInt64(exactly: offset).flatMap { function(at: $0, in: section) }
    }
}
