import Foundation
import Minimizer
import TestSupport

/// `bpftool gen min_core_btf` and libbpf's debug log: what our decisions are held against.
struct Bpftool {
    /// One relocation as libbpf decides it.
    struct Decision: Equatable, CustomStringConvertible {
        /// The name of the kind, such as `byte_off`.
        var kind: String
        /// The types that match, each with its spec as libbpf prints it.
        var matches: [String]

        var description: String { "<\(kind)> \(matches)" }
    }

    /// The decisions, in the order of the object's records.
    let decisions: [Decision]
    /// The minimised BTF's path, or nil where bpftool failed.
    let output: String?
    /// What it wrote to standard error.
    let diagnostics: String

    /// Runs bpftool.
    init(kernel: String, objects: [String], in directory: TemporaryDirectory) throws {
        let output = directory.path("bpftool-\(UUID().uuidString).btf")
        let result = try Tool.attempt("bpftool", ["-d", "gen", "min_core_btf", kernel, output] + objects)
        diagnostics = result.diagnostics
        self.output = result.status == 0 ? output : nil
        decisions = Self.parse(result.diagnostics)
    }

    /// Reads lines such as
    /// `libbpf: prog 'x': relo #3: matching candidate #0 <byte_off> [31] struct thing.name[3] (0:4:3 @ offset 299)`.
    private static func parse(_ log: String) -> [Decision] {
        var decisions: [Decision] = []
        for line in log.split(separator: "\n") {
            guard let number = line.range(of: ": relo #"), let colon = line[number.upperBound...].range(of: ": ") else {
                continue
            }
            let text = line[colon.upperBound...]
            if text.hasPrefix("<"), let end = text.firstIndex(of: ">") {
                decisions.append(Decision(kind: String(text[text.index(after: text.startIndex)..<end]), matches: []))
            } else if text.hasPrefix("matching candidate"), let end = text.range(of: "> "), !decisions.isEmpty {
                let kind = decisions[decisions.count - 1].kind
                decisions[decisions.count - 1].matches.append(normalized(text[end.upperBound...], kind))
            }
        }
        return decisions
    }

    /// A candidate without the keyword of its type, and with the value that libbpf takes for an enumerator rather than
    /// the one that it prints: values of 32 bits are read as signed ones.
    private static func normalized(_ candidate: Substring, _ kind: String) -> String {
        var words = candidate.split(separator: " ").map(String.init)
        let keyword = words.remove(at: 1)
        guard kind.hasPrefix("enumval"), words.count == 4 else { return words.joined(separator: " ") }
        guard kind == "enumval_value" else { return words.prefix(2).joined(separator: " ") }
        let printed = Int64(words[3]) ?? UInt64(words[3]).map(Int64.init(bitPattern:)) ?? 0
        words[3] = String(keyword == "enum64" ? printed : Int64(Int32(truncatingIfNeeded: printed)))
        return words.joined(separator: " ")
    }
}

extension RelocationRecord {
    /// The record as libbpf's debug log has it.
    var asPrintedByLibbpf: Bpftool.Decision {
        Bpftool.Decision(kind: kind.name, matches: targets.map { "\($0.typeID) \($0.asPrintedByLibbpf(kind))" })
    }
}

extension RelocationRecord.Target {
    /// The spec in libbpf's format, save the keyword: `thing.name[3] (0:4:3 @ offset 299)`.
    fileprivate func asPrintedByLibbpf(_ kind: RelocationKind) -> String {
        switch kind.subject {
        case .type:
            return path.split(separator: " ").last.map(String.init) ?? ""
        case .enumerator:
            guard kind == .enumeratorValue, let value else { return path }
            return "\(path) = \(Int64(bitPattern: value))"
        case .field:
            let bits = bitOffset % 8 == 0 ? "" : ".\(bitOffset % 8)"
            return "\(path) (\(access) @ offset \(bitOffset / 8)\(bits))"
        }
    }
}
