// What compilers note of the attributes btf_decl_tag and btf_type_tag.
//
// clang writes DW_TAG_LLVM_annotation below what they are put on: on a pointer they are tags of the type that it points
// to, on all else they are tags of the declaration. gcc writes DW_TAG_GNU_annotation beside all other entries: each entry
// with such an attribute, declaration or type, has a DW_AT_GNU_annotation that leads to the last one, and that one has
// another to the one before. Entries share the ends of such chains.
//
// BTF has tags of a type between a pointer and what it points to, in front of qualifiers: Linux takes them nowhere else.

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

    /// An annotation: its abbreviation, and where its attributes start.
    typealias AnnotationEntry = (code: UInt64, body: Int)

    // MARK: - Hashing

    /// Takes an annotation into a hash.
    mutating func mixAnnotation(_ entry: AnnotationEntry, _ hash: inout Fingerprint) throws(Fault) {
        var at = entry.body
        try enter(unitAt: at)
        try decode(entry.code, &at)
        hash.mix(try nameKey(values.text, at: entry.body), try nameKey(values.name, at: entry.body))
    }

    /// Takes some annotations into a hash.
    mutating func mixAnnotations(_ annotations: [AnnotationEntry], _ hash: inout Fingerprint) throws(Fault) {
        let home = unit.start
        for annotation in annotations { try mixAnnotation(annotation, &hash) }
        try enter(unitAt: home)
    }

    /// Takes a function's annotations and those of its parameters into a hash.
    mutating func mixFunctionAnnotations(ofEntryAt entry: Int, _ hash: inout Fingerprint) throws(Fault) {
        var at = entry
        let code = try sections.info.uleb(&at, end: unit.end)
        try mixAnnotations(try annotations(of: code, at), &hash)
        guard abbreviations.plan(code).flags.contains(.hasChildren) else { return }
        try decode(code, &at)
        var position: UInt64 = 0
        while let (code, body) = try nextChild(&at) {
            guard abbreviations.plan(code).role == .parameter else { continue }
            position += 1
            let annotations = try annotations(of: code, body)
            if annotations.isEmpty { continue }
            hash.mix(position, 3)
            try mixAnnotations(annotations, &hash)
        }
    }

    // MARK: - Tags

    /// The texts of those annotations that are of a sort, as names of the pool.
    mutating func texts(of sort: Annotation, in annotations: [AnnotationEntry]) throws(Fault) -> [UInt32] {
        let home = unit.start
        var texts: [UInt32] = []
        for annotation in annotations {
            if let text = try text(of: sort, annotation) { texts.append(text) }
        }
        try enter(unitAt: home)
        return texts
    }

    /// Notes the tags of a declaration: a member, a parameter, or the type, function or variable itself (-1).
    mutating func addTags(of code: UInt64, _ body: Int, component: Int32) throws(Fault) {
        for text in try texts(of: .declaration, in: annotations(of: code, body)) {
            newTags.append(NewTag(component: component, text: text))
        }
    }

    /// Notes the tags of a function and of its parameters.
    mutating func readFunctionTags(of code: UInt64, _ body: Int) throws(Fault) {
        newTags.removeAll(keepingCapacity: true)
        try addTags(of: code, body, component: -1)
        guard abbreviations.plan(code).flags.contains(.hasChildren) else { return }
        var at = body
        try decode(code, &at)
        var position: Int32 = 0
        while let (code, body) = try nextChild(&at) {
            guard abbreviations.plan(code).role == .parameter else { continue }
            try addTags(of: code, body, component: position)
            position &+= 1
        }
    }

    /// Keeps the tags that were noted, now that it is known what they are on.
    mutating func keepTags(of owner: FoundTag.Owner) {
        for tag in newTags { tags.insert(FoundTag(owner: owner, component: tag.component, text: tag.text)) }
        newTags.removeAll(keepingCapacity: true)
    }

    // MARK: - Reading

    /// The annotations of an entry, its first one first.
    mutating func annotations(of code: UInt64, _ body: Int) throws(Fault) -> [AnnotationEntry] {
        var at = body
        try decode(code, &at)
        let chain = try offset(of: values.annotation, at: body, from: groupStart)
        return try annotations(below: code, at) + annotations(inChainAt: chain)
    }

    /// The annotations of what a pointer points to, the one next to it first.
    ///
    /// - Parameters:
    ///   - code: the pointer's abbreviation.
    ///   - body: where its attributes start.
    /// - Returns: those that clang has put below the pointer; those that gcc has put on the type, qualified or not.
    /// - Throws: `Fault` where an entry is damaged.
    mutating func pointeeAnnotations(of code: UInt64, _ body: Int) throws(Fault) -> [AnnotationEntry] {
        let home = unit.start
        var at = body
        try decode(code, &at)
        var type = try offset(of: values.type, at: body, from: groupStart)
        let found = try annotations(below: code, at)
        var outer: [AnnotationEntry] = []
        for _ in 0..<UnitReader.qualifierLimit where type != 0 && abbreviations.hasAnnotationChains {
            let (code, body) = try entry(atGroupOffset: type)
            at = body
            try decode(code, &at)
            type = try offset(of: values.type, at: body, from: groupStart)
            let chain = try offset(of: values.annotation, at: body, from: groupStart)
            outer = try annotations(inChainAt: chain) + outer
            switch abbreviations.plan(code).role {
            case .const, .volatile, .restrict: continue
            default: type = 0
            }
        }
        try enter(unitAt: home)
        return found + outer
    }

    /// The annotations among an entry's children.
    private mutating func annotations(below code: UInt64, _ children: Int) throws(Fault) -> [AnnotationEntry] {
        guard abbreviations.plan(code).flags.contains(.hasChildren) else { return [] }
        var found: [AnnotationEntry] = []
        var at = children
        while let child = try nextChild(&at) {
            if abbreviations.plan(child.code).role == .annotation { found.append(child) }
        }
        return found
    }

    /// The annotations of a chain that starts at an offset from the group's start, its last one first; none where the
    /// offset is 0.
    private mutating func annotations(inChainAt start: UInt32) throws(Fault) -> [AnnotationEntry] {
        let home = unit.start
        var chain: [AnnotationEntry] = []
        var next = start
        while next != 0, chain.count < UnitReader.chainLimit {
            let (code, body) = try entry(atGroupOffset: next)
            guard abbreviations.plan(code).role == .annotation else { break }
            chain.append((code, body))
            var at = body
            try decode(code, &at)
            next = try offset(of: values.annotation, at: body, from: groupStart)
        }
        try enter(unitAt: home)
        return chain.reversed()
    }

    /// More than anything is annotated with.
    private static let chainLimit = 64
    /// More qualifiers than a type has.
    private static let qualifierLimit = 4

    private mutating func text(of sort: Annotation, _ entry: AnnotationEntry) throws(Fault) -> UInt32? {
        var at = entry.body
        try enter(unitAt: at)
        try decode(entry.code, &at)
        guard try withName(values.name, { $0.fingerprint($1, $2) }) == sort.name else { return nil }
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
