import BTF

/// The local sides of an object's relocations, worked out once for all kernels.
struct PreparedObject: Sendable {
    let object: String
    let types: BTF
    let relocations: [PreparedRelocation]
    /// Which relocations are loaded together, by their indexes.
    let programs: [[Int]]

    init(_ requests: ObjectRequests) {
        programs = requests.programs
        object = requests.object
        types = requests.types
        relocations = requests.requests.map { PreparedRelocation($0, types: requests.types) }
    }
}

/// The local side of a relocation: its path, its value and its readable form.
struct PreparedRelocation: Sendable {
    let request: RelocationRequest
    /// The path, or why there is none.
    let spec: Result<AccessSpec, Refusal>
    /// What the relocation comes to on the local side, or why it comes to nothing.
    let value: Result<RelocationValue, Refusal>
    /// The name by which the kernel's types are searched.
    let essentialName: [UInt8]
    let local: RelocationRecord.Local

    init(_ request: RelocationRequest, types: BTF) {
        self.request = request
        let calculation = ValueCalculation(
            types: types,
            pointerSize: AccessSpec.localPointerSize,
            byteOrder: types.byteOrder
        )
        let spec = Result { () throws(Refusal) in
            try AccessSpec(access: request.access, kind: request.kind, root: request.root, in: types)
        }
        self.spec = spec
        value = Result { () throws(Refusal) in
            if request.kind == .typeIDLocal { return RelocationValue(value: UInt64(request.rootInObject)) }
            return try calculation.value(of: request.kind, at: try spec.get())
        }
        essentialName = Array(EssentialName.of(types.bytes(at: types.header(of: request.root).name)))
        let root = types.describe(request.root)
        local = RelocationRecord.Local(
            root: root,
            typeID: request.rootInObject,
            access: request.access,
            path: (try? spec.get().path(in: types, kind: request.kind)) ?? root,
            value: try? value.get().value
        )
    }
}
