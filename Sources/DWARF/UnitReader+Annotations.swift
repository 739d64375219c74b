// What clang notes of the attributes btf_decl_tag and btf_type_tag: DW_TAG_LLVM_annotation below what they are put on.
// On a pointer they are tags of the type that it points to, on all else they are tags of the declaration.

extension UnitReader {
    /// Which attribute an annotation is of.
    enum Annotation {
        case declaration
        case type

        fileprivate var name: Fingerprint {
            switch self {
            case .declaration: Annotation.declarationName
            case .type: Annotation.typeName
            }
        }

        private static let declarationName = Fingerprint(of: "btf_decl_tag")
        private static let typeName = Fingerprint(of: "btf_type_tag")
    }

    // MARK: - Hashing

    /// Takes an annotation into a hash.
    mutating func mixAnnotation(_ code: UInt64, _ body: Int, _ hash: inout Fingerprint) throws(Fault) {
        var at = body
        try decode(code, &at)
        hash.mix(try nameKey(values.text, at: body), try nameKey(values.name, at: body))
    }

    /// Takes all annotations in a list of children into a hash.
    mutating func mixAnnotations(from children: Int, _ hash: inout Fingerprint) throws(Fault) {
        var at = children
        while let (code, body) = try nextChild(&at) {
            if abbreviations.plan(code).role == .annotation { try mixAnnotation(code, body, &hash) }
        }
    }

    /// Takes a function's annotations and those of its parameters into a hash.
    mutating func mixFunctionAnnotations(from children: Int, _ hash: inout Fingerprint) throws(Fault) {
        var at = children
        var position: UInt64 = 0
        while let (code, body) = try nextChild(&at) {
            let plan = abbreviations.plan(code)
            if plan.role == .annotation { try mixAnnotation(code, body, &hash) }
            guard plan.role == .parameter else { continue }
            position += 1
            guard plan.flags.contains(.hasChildren) else { continue }
            hash.mix(position, 3)
            var start = body
            try decode(code, &start)
            try mixAnnotations(from: start, &hash)
        }
    }

    // MARK: - Tags

    /// The texts of a list's annotations of a sort, as names of the pool.
    mutating func annotations(_ annotation: Annotation, from children: Int) throws(Fault) -> [UInt32] {
        var texts: [UInt32] = []
        var at = children
        while let (code, body) = try nextChild(&at) {
            guard abbreviations.plan(code).role == .annotation else { continue }
            if let text = try text(of: annotation, code, body) { texts.append(text) }
        }
        return texts
    }

    /// Notes the tag that an annotation is.
    mutating func addTag(_ code: UInt64, _ body: Int, component: Int32) throws(Fault) {
        guard let text = try text(of: .declaration, code, body) else { return }
        newTags.append(NewTag(component: component, text: text))
    }

    /// Notes the tags of a member or a parameter.
    mutating func addTags(ofChildrenOf code: UInt64, _ body: Int, component: Int32) throws(Fault) {
        var at = body
        try decode(code, &at)
        for text in try annotations(.declaration, from: at) {
            newTags.append(NewTag(component: component, text: text))
        }
    }

    /// Notes the tags of a function and of its parameters.
    mutating func readFunctionTags(from children: Int) throws(Fault) {
        newTags.removeAll(keepingCapacity: true)
        var at = children
        var position: Int32 = 0
        while let (code, body) = try nextChild(&at) {
            let plan = abbreviations.plan(code)
            if plan.role == .annotation { try addTag(code, body, component: -1) }
            guard plan.role == .parameter else { continue }
            if plan.flags.contains(.hasChildren) { try addTags(ofChildrenOf: code, body, component: position) }
            position &+= 1
        }
    }

    /// Keeps the tags that were noted, now that it is known what they are on.
    mutating func keepTags(of owner: FoundTag.Owner) {
        for tag in newTags { tags.insert(FoundTag(owner: owner, component: tag.component, text: tag.text)) }
        newTags.removeAll(keepingCapacity: true)
    }

    // MARK: - Reading

    private mutating func text(of annotation: Annotation, _ code: UInt64, _ body: Int) throws(Fault) -> UInt32? {
        var at = body
        try decode(code, &at)
        guard try withName(values.name, { $0.fingerprint($1, $2) }) == annotation.name else { return nil }
        return try intern(values.text)
    }

    /// The next child in a list: its abbreviation, and where its attributes start; nil at the end of the list.
    private mutating func nextChild(_ at: inout Int) throws(Fault) -> (code: UInt64, body: Int)? {
        let child = at
        let code = try sections.info.uleb(&at, end: unit.end)
        if code == 0 { return nil }
        guard abbreviations.plan(code).role != .missing else { throw Fault(.abbreviationCode(code), at: child) }
        let body = at
        try skipEntry(code, &at)
        return (code, body)
    }
}

/// A tag of a type or a function that is being added.
struct NewTag {
    /// The member or parameter that it is on, or -1 for the type or function itself.
    var component: Int32
    var text: UInt32
}

/// A tag of a declaration: BTF's DECL_TAG.
struct FoundTag: Hashable, Sendable {
    /// What a tag is on.
    enum Owner: Hashable, Sendable {
        case type(TypePool.NodeID)
        case function(name: UInt32, prototype: TypePool.NodeID)
        case variable(address: UInt64)
    }

    var owner: Owner
    /// The member or parameter that it is on, or -1 for the type, function or variable itself.
    var component: Int32
    var text: UInt32

    /// The same tag with the record that it is on moved.
    func movingOwner(_ move: (TypePool.NodeID) -> TypePool.NodeID) -> FoundTag {
        var tag = self
        switch owner {
        case .type(let node): tag.owner = .type(move(node))
        case .function(let name, let prototype): tag.owner = .function(name: name, prototype: move(prototype))
        case .variable: break
        }
        return tag
    }

    /// The same tag in the terms of another pool.
    func mapped(_ nodes: [TypePool.NodeID], _ names: [UInt32]) -> FoundTag {
        var tag = self
        tag.text = names[Int(text)]
        switch owner {
        case .type(let node): tag.owner = .type(nodes[Int(node)])
        case .function(let name, let prototype):
            tag.owner = .function(name: names[Int(name)], prototype: nodes[Int(prototype)])
        case .variable: break
        }
        return tag
    }
}
