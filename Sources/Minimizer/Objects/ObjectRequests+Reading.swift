import BTF

extension ObjectRequests {
    /// The most relocations that an object may have; the largest real ones have some thousands.
    static var maximumCount: Int { 1 << 16 }
    /// The most bytes that an access string (64 steps of up to 10 digits) or a root type's name may have.
    static var maximumLength: Int { 1024 }

    /// Makes requests of an object's relocation records.
    ///
    /// - Parameters:
    ///   - records: the object's `.BTF.ext`.
    ///   - types: the object's types.
    ///   - code: the object's functions and source lines.
    ///   - groups: which of the functions are loaded together.
    ///   - object: the object's path or display name.
    /// - Throws: `BPFObjectError` naming the record that asks for what the types cannot give.
    init(
        of records: BTFExtension,
        types: BTF,
        code: ObjectCode,
        groups: ProgramGroups,
        object: String
    ) throws(BPFObjectError) {
        let full = KernelTypes(vmlinux: types)
        var selection = TypeSelection(of: full)
        var requests: [RelocationRequest] = []
        guard records.relocations.count <= Self.maximumCount else {
            throw BPFObjectError(
                .malformed,
                object: object,
                section: BTFExtension.sectionName,
                offset: records.relocations[Self.maximumCount].place,
                reason: "there are \(records.relocations.count) relocations, more than \(Self.maximumCount)"
            )
        }
        for record in records.relocations {
            func fault(_ field: Int, _ reason: String) -> BPFObjectError {
                BPFObjectError(
                    .badRelocation,
                    object: object,
                    section: BTFExtension.sectionName,
                    offset: record.place + field,
                    reason: reason
                )
            }
            guard let kind = RelocationKind(rawValue: record.kind) else {
                throw fault(12, "relocation kind \(record.kind) is not known")
            }
            let section = ObjectCode.text(record.section, in: types)
            let access = types.bytes(at: StringOffset(rawValue: record.access), limit: Self.maximumLength + 1)
            let root = types.bytes(at: types.header(of: TypeID(record.type)).name, limit: Self.maximumLength + 1)
            guard access.count <= Self.maximumLength else { throw fault(8, "its access string is too long") }
            guard root.count <= Self.maximumLength else { throw fault(4, "its root type's name is too long") }
            let request = RelocationRequest(
                location: code.location(of: record.instructionOffset, in: section),
                kind: kind,
                root: TypeID(record.type),
                rootInObject: record.type,
                access: String(decoding: access, as: UTF8.self),
                opcode: code.opcode(at: record.instructionOffset, in: section)
            )
            do throws(Refusal) {
                let spec = try AccessSpec(access: request.access, kind: kind, root: request.root, in: types)
                selection.chooseLocal(spec, kind)
            } catch {
                throw fault(8, error.reason)
            }
            requests.append(request)
        }
        let functions = records.relocations.map { record in
            code.function(at: UInt64(record.instructionOffset), in: ObjectCode.text(record.section, in: types))
        }
        let programs = try groups.groups(ofRequestsIn: functions)
        do throws(BTFError) {
            let (types, origins) = try selection.build(.blanked)
            var ids: [TypeID: TypeID] = [:]
            for (index, origin) in origins.enumerated() { ids[origin.id] = TypeID(UInt32(index + 1)) }
            let guards = code.guards(of: records.relocations)
            self.init(
                object: object,
                types: types,
                requests: requests.enumerated().map { index, request in
                    request.moved(to: ids[request.root] ?? .void, guards: guards[index] ?? [])
                },
                programs: programs
            )
        } catch {
            throw BPFObjectError(
                .malformed,
                object: object,
                section: ".BTF",
                offset: error.offset,
                reason: "its types cannot be copied: \(error.reason)"
            )
        }
    }
}

extension TypeSelection {
    /// Chooses what the local side of a relocation needs.
    fileprivate mutating func chooseLocal(_ spec: AccessSpec, _ kind: RelocationKind) {
        switch kind {
        case .typeMatches: chooseEverything(of: spec.root, in: nil)
        case .typeIDLocal, .typeIDTarget, .typeExists, .typeSize:
            chooseType(spec.root, in: nil, followingPointers: true)
        case .enumeratorExists, .enumeratorValue: chooseType(spec.root, in: nil, followingPointers: false)
        case .fieldByteOffset, .fieldByteSize, .fieldExists, .fieldSigned, .fieldLeftShift, .fieldRightShift:
            choosePath(spec.steps, from: spec.root, in: nil)
        }
    }
}

extension RelocationRequest {
    /// The same request for a root type with another id, and with guards.
    fileprivate func moved(to root: TypeID, guards: [Guard]) -> RelocationRequest {
        RelocationRequest(
            location: location,
            kind: kind,
            root: root,
            rootInObject: rootInObject,
            access: access,
            opcode: opcode,
            guards: guards
        )
    }
}

extension ObjectCode {
    private struct Extent: Hashable {
        let section: String
        let range: Range<Int>
    }

    /// The guards of an object's relocations, by their places.
    fileprivate func guards(of records: [BTFExtension.RelocationRecord]) -> [Int: [RelocationRequest.Guard]] {
        var functions: [Extent: [GuardAnalysis.Site]] = [:]
        for (request, record) in records.enumerated() {
            let section = Self.text(record.section, in: types)
            guard let range = functionRange(around: record.instructionOffset, in: section),
                range.count <= GuardAnalysis.longestFunction * BPFInstruction.size
            else { continue }
            let isQuestion = RelocationKind(rawValue: record.kind)?.isQuestion ?? false
            let index = (Int(record.instructionOffset) - range.lowerBound) / BPFInstruction.size
            functions[Extent(section: section, range: range), default: []].append(
                GuardAnalysis.Site(request: request, isQuestion: isQuestion, index: index)
            )
        }
        var analysis = GuardAnalysis()
        for (function, sites) in functions.sorted(by: { $0.value[0].request < $1.value[0].request }) {
            let code = instructions(in: function.range, of: function.section)
            analysis.add(code, sites.filter { code.indices.contains($0.index) })
        }
        return analysis.guards
    }
}
