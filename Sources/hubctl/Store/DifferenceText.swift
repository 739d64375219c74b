import BTF
import CommandSupport

/// Writes what differs between two kernels' types for a person to read.
enum DifferenceText {
    /// The differences, a line for each and for each part, and a line of counts at the end.
    ///
    /// - Parameters:
    ///   - differences: the differences.
    ///   - listsOther: whether to list types too that have no name and that nothing named leads to; they are counted.
    /// - Returns: the lines.
    static func text(of differences: [TypeDifference], listsOther: Bool) -> String {
        var text = ""
        for difference in differences where listsOther || difference.kind != .other {
            switch difference.change {
            case .added(let description): text += "+ \(title(of: difference, description))\n"
            case .removed(let description): text += "- \(title(of: difference, description))\n"
            case .changed(let parts):
                text += "~ \(title(of: difference))\n"
                for line in lines(of: parts) { text += "    \(line)\n" }
            }
        }
        return text + summary(of: differences) + "\n"
    }

    private static func title(of difference: TypeDifference) -> String {
        if let first = difference.firstEnumerator { return "\(difference.kind.rawValue) { \(first), … }" }
        return difference.kind.rawValue + (difference.name.isEmpty ? "" : " \(difference.name)")
    }

    private static func title(of difference: TypeDifference, _ description: String) -> String {
        switch difference.kind {
        // A declaration has the name in it.
        case .function, .variable, .typedef: "\(difference.kind.rawValue) \(description)"
        case .enumeration where difference.name.isEmpty: "\(difference.kind.rawValue) \(description)"
        default: "\(title(of: difference)): \(description)"
        }
    }

    private static func summary(of differences: [TypeDifference]) -> String {
        if differences.isEmpty { return "no difference" }
        return ComparedKind.allCases.compactMap { kind in
            let ofKind = differences.filter { $0.kind == kind }
            guard !ofKind.isEmpty else { return nil }
            var counts: [String] = []
            let added = ofKind.count { if case .added = $0.change { true } else { false } }
            let removed = ofKind.count { if case .removed = $0.change { true } else { false } }
            let changed = ofKind.count - added - removed
            for (count, word) in [(added, "added"), (removed, "removed"), (changed, "changed")] where count > 0 {
                counts.append("\(count) \(word)")
            }
            return "\(kind.rawValue): \(counts.joined(separator: ", "))"
        }
        .joined(separator: "; ")
    }
}

// MARK: - Parts

extension DifferenceText {
    private static func lines(of parts: [PartDifference]) -> [String] {
        var lines: [String] = []
        var index = 0
        while index < parts.count {
            let run = movedTogether(parts[index...])
            if run > 2, let line = line(ofMoved: parts[index..<index + run]) {
                lines.append(line)
                index += run
            } else {
                lines += self.lines(of: parts[index])
                index += 1
            }
        }
        return lines
    }

    /// How many members at the start do nothing but move by the same distance.
    private static func movedTogether(_ parts: ArraySlice<PartDifference>) -> Int {
        guard let first = parts.first.flatMap(distance(ofMoved:)) else { return 0 }
        return parts.prefix { distance(ofMoved: $0) == first }.count
    }

    private static func distance(ofMoved part: PartDifference) -> Int64? {
        guard case .member(_, let old?, let new?) = part, new.isMoved, !new.isRetyped else { return nil }
        return Int64(new.bitOffset) - Int64(old.bitOffset)
    }

    private static func line(ofMoved parts: ArraySlice<PartDifference>) -> String? {
        guard let first = parts.first, let last = parts.last, let distance = distance(ofMoved: first),
            case .member(let firstName, let firstOld?, let firstNew?) = first,
            case .member(let lastName, let lastOld?, let lastNew?) = last
        else { return nil }
        let by = (distance < 0 ? "-" : "+") + readableBitOffset(distance.magnitude)
        let (before, after) = ("\(at(firstOld)) … \(at(lastOld))", "\(at(firstNew)) … \(at(lastNew))")
        return "\(firstName) … \(lastName): \(parts.count) members moved by \(by), \(before) -> \(after)"
    }

    private static func lines(of part: PartDifference) -> [String] {
        switch part {
        case .size(let old, let new): ["size \(old) -> \(new)"]
        case .member(let name, nil, let new?): ["+ \(name): \(type(of: new)) at \(at(new))"]
        case .member(let name, let old?, nil): ["- \(name): \(type(of: old)) at \(at(old))"]
        case .member(let name, let old?, let new?): ["\(name): \(change(old, new))"]
        case .member: []
        case .enumerator(let name, nil, let new?): ["+ \(name) = \(new)"]
        case .enumerator(let name, let old?, nil): ["- \(name) = \(old)"]
        case .enumerator(let name, let old, let new): ["\(name): \(old ?? "") -> \(new ?? "")"]
        case .declaration(let old, let new): ["- \(old)", "+ \(new)"]
        case .arrangement: ["the order or the form of its parts differs"]
        }
    }

    private static func change(_ old: MemberPlace, _ new: MemberPlace) -> String {
        var changes: [String] = []
        if new.isMoved { changes.append("moved \(at(old)) -> \(at(new))") }
        if new.isRetyped {
            let (before, after) = (type(of: old), type(of: new))
            changes.append(before == after ? "type changed within \(after)" : "type \(before) -> \(after)")
        }
        return changes.joined(separator: ", ")
    }

    private static func at(_ place: MemberPlace) -> String { readableBitOffset(place.bitOffset) }

    private static func type(of place: MemberPlace) -> String {
        place.type + (place.bitfieldWidth.map { " : \($0)" } ?? "")
    }
}
