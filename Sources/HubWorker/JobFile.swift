import Conversion
import Foundation
import KernelPackages
import Yams

extension Job {
    /// Reads a job file: YAML, in which each key is known and each value has its type.
    ///
    /// - Parameter path: the file.
    /// - Throws: `JobError` that names the line and what may stand there.
    public init(path: String) throws(JobError) {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw JobError(file: path, line: nil, reason: "cannot be read: \(error.localizedDescription)")
        }
        try self.init(yaml: text, file: path)
    }

    /// Reads a job from YAML text.
    ///
    /// - Parameters:
    ///   - text: the YAML.
    ///   - file: what errors call it; a path in the job is relative to its folder.
    /// - Throws: `JobError` that names the line and what may stand there.
    public init(yaml text: String, file: String) throws(JobError) {
        var reader = try JobReader(text, file: file)
        let name = try reader.text("name")
        guard name != "file", !name.isEmpty else {
            throw reader.error(
                "name",
                "a job cannot be called '\(name)': that is what packages from disk are filed under"
            )
        }
        let source = try reader.source()
        let packages = try reader.texts("packages")
        guard !packages.isEmpty else { throw reader.error("packages", "it names no package") }
        var release: DistributionRelease?
        let distribution = try reader.optionalText("distribution")
        let version = try reader.optionalText("version")
        if let distribution, let version {
            release = DistributionRelease(distribution: distribution, version: version)
        } else if distribution != nil || version != nil {
            let given = distribution != nil ? "distribution" : "version"
            throw reader.error(given, "distribution and version must be given together")
        }
        let btf = try reader.optionalText("btf") ?? BTFSource.auto.rawValue
        guard let btfSource = BTFSource(rawValue: btf) else {
            throw reader.error("btf", "'\(btf)' is none of auto, dwarf, btf")
        }
        let includesModules = try reader.optionalFlag("modules") ?? false
        guard !includesModules || btfSource != .btf else {
            throw reader.error("modules", "modules are made from DWARF, which btf: btf leaves aside")
        }
        try reader.finish()
        self.init(
            name: name,
            source: source,
            packages: packages,
            release: release,
            btfSource: btfSource,
            includesModules: includesModules
        )
    }
}

/// Takes the keys of one YAML mapping one by one and complains about those that are left.
private struct JobReader {
    private let file: String
    private let mapping: Node.Mapping
    private var known: Set<String> = []

    init(_ text: String, file: String) throws(JobError) {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw Self.syntaxError(error, file: file)
        } catch {
            throw JobError(file: file, line: nil, reason: "is not YAML: \(error)")
        }
        guard let mapping = node?.mapping else {
            throw JobError(
                file: file,
                line: node?.mark?.line ?? 1,
                reason: "a job is a mapping with name, source, packages"
            )
        }
        self.init(mapping, file: file)
    }

    private init(_ mapping: Node.Mapping, file: String) {
        self.mapping = mapping
        self.file = file
    }

    private static func syntaxError(_ error: YamlError, file: String) -> JobError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            JobError(file: file, line: mark.line, reason: "is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            JobError(
                file: file,
                line: context.mark.line,
                reason: "'\(duplicates.joined(separator: "', '"))' stands there twice"
            )
        default:
            JobError(file: file, line: nil, reason: "is not YAML: \(error)")
        }
    }

    /// An error about a key's value.
    func error(_ key: String, _ reason: String) -> JobError {
        JobError(file: file, line: mapping[Node(key)]?.mark?.line ?? mapping.mark?.line, reason: reason)
    }

    private mutating func node(_ key: String) -> Node? {
        known.insert(key)
        return mapping[Node(key)]
    }

    mutating func optionalText(_ key: String) throws(JobError) -> String? {
        guard let node = node(key) else { return nil }
        // What stands unquoted as a number (`version: 12`) is text all the same.
        guard let text = node.scalar?.string else { throw error(key, "\(key) must be one value") }
        return text
    }

    mutating func optionalFlag(_ key: String) throws(JobError) -> Bool? {
        switch try optionalText(key) {
        case nil: return nil
        case "true": return true
        case "false": return false
        case let text?: throw error(key, "'\(text)' is neither true nor false")
        }
    }

    mutating func text(_ key: String) throws(JobError) -> String {
        guard let text = try optionalText(key) else {
            throw JobError(file: file, line: mapping.mark?.line, reason: "the key '\(key)' is missing")
        }
        return text
    }

    mutating func texts(_ key: String) throws(JobError) -> [String] {
        guard let node = node(key) else {
            throw JobError(file: file, line: mapping.mark?.line, reason: "the key '\(key)' is missing")
        }
        guard let sequence = node.sequence else { throw error(key, "\(key) must be a list") }
        var texts: [String] = []
        for element in sequence {
            guard let text = element.scalar?.string, !text.isEmpty else {
                throw JobError(file: file, line: element.mark?.line, reason: "\(key) must be a list of names")
            }
            texts.append(text)
        }
        return texts
    }

    mutating func source() throws(JobError) -> Job.Source {
        guard let node = node("source") else {
            throw JobError(file: file, line: mapping.mark?.line, reason: "the key 'source' is missing")
        }
        guard let inner = node.mapping else { throw error("source", "source must be a mapping with the key 'type'") }
        var reader = JobReader(inner, file: file)
        let type = try reader.text("type")
        guard type == "apt" else { throw reader.error("type", "'\(type)' is no known type of source; there is apt") }
        let configuration = try reader.optionalText("config")
        try reader.finish()
        return .apt(configurationFile: configuration.map(resolve))
    }

    /// A path as it is, or relative to the job file's folder.
    private func resolve(_ path: String) -> String {
        path.hasPrefix("/")
            ? path : URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent(path).path
    }

    /// Throws when a key is left that nobody asked for.
    func finish() throws(JobError) {
        for (key, _) in mapping where !known.contains(key.string ?? "") {
            let known = known.sorted().joined(separator: ", ")
            let reason = "the key '\(key.string ?? "?")' is not known; there are \(known)"
            throw JobError(file: file, line: key.mark?.line, reason: reason)
        }
    }
}
