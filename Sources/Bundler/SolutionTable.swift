internal import Foundation
internal import HubStore
internal import Minimizer

/// The solutions of one request log, by what they depend on, in memory and in a file.
///
/// Whoever loses the file loses time and nothing else. What is read of it counts only with its digest.
final class SolutionTable {
    private var solutions: [ContentDigest: KernelSolution] = [:]
    private var blobs: [String: [UInt8]] = [:]
    private var size = 0
    /// What solutions touched, each set once, those found last behind.
    private(set) var touched: [TouchedTypes] = []
    /// Equal solutions are kept once.
    private var known: [KernelSolution: String] = [:]
    private let file: SolutionFile?
    private var unsaved: [SolutionFile.Record] = []

    /// The most bytes of BTF that are kept.
    private static let limit = 64 << 20

    /// Opens the table.
    ///
    /// - Parameters:
    ///   - requests: the request log.
    ///   - folder: where the files of all tables are; nil keeps this one in memory alone. A folder that cannot be used is
    ///     as good as none.
    /// - Throws: what Foundation throws when it cannot encode the requests.
    init(of requests: RelocationRequestLog, folder: String?) throws {
        let identity = try Self.identity(of: requests)
        file = folder.flatMap { SolutionFile(folder: $0, name: identity.description, limit: 2 * Self.limit) }
        var documents: [String: KernelSolution] = [:]
        for record in file?.records() ?? [] {
            switch record {
            case .blob(let bytes):
                makeRoom(for: bytes.count)
                keep(bytes, as: ContentDigest(of: bytes).description)
            case .solution(let json):
                guard let solution = try? JSONDecoder().decode(KernelSolution.self, from: Data(json)),
                    Self.fits(solution, requests.count)
                else { continue }
                let digest = ContentDigest(of: json).description
                documents[digest] = solution
                known[solution] = digest
            case .touched(let types): touched.append(types)
            case .kernel(let key, let digest):
                guard let solution = documents[digest.description] else { continue }
                guard solution.digests.allSatisfy({ blobs[$0] != nil }) else { continue }
                solutions[key] = solution
            }
        }
    }

    /// What tells tables apart: the requests without the names of their objects, and this build of BTF Hub.
    private static func identity(of requests: RelocationRequestLog) throws -> ContentDigest {
        let anonymous = RelocationRequestLog(
            objects: requests.objects.map {
                ObjectRequests(object: "", types: $0.types, requests: $0.requests, programs: $0.programs)
            }
        )
        let text = "solutions 4\nhub \(HubVersion.current)\nrequests \(ContentDigest(of: try anonymous.json()))\n"
        return ContentDigest(of: text.utf8)
    }

    private static func fits(_ solution: KernelSolution, _ count: Int) -> Bool {
        Set(solution.unresolved.keys) == Set(LoaderRules.allCases)
            && solution.unresolved.values.joined().allSatisfy { (0..<count).contains($0.index) }
            && solution.modules.flatMap(\.relocations.values).joined().allSatisfy { (0..<count).contains($0) }
            && (solution.btf == nil) != (solution.failure == nil)
    }

    /// The solution for the digest of a kernel's types, or of what was touched of them.
    subscript(key: ContentDigest) -> KernelSolution? { solutions[key] }

    /// All solutions, by their keys.
    var all: [ContentDigest: KernelSolution] { solutions }

    /// Some minimised BTF; nil where it had to make room.
    func bytes(of digest: String) -> [UInt8]? { blobs[digest] }

    /// Forgets a solution by all its keys, so that it is made again.
    func forget(_ solution: KernelSolution) { solutions = solutions.filter { $0.value != solution } }

    /// Remembers a set of what a solution touched.
    func note(_ types: TouchedTypes) {
        guard !touched.contains(types) else { return }
        touched.append(types)
        unsaved.append(.touched(types))
    }

    /// Remembers a solution.
    ///
    /// - Parameters:
    ///   - solution: the solution.
    ///   - found: the minimised BTF that it names, by digest, where the table may not hold it.
    ///   - key: the digest of a kernel's types, or of what was touched of them.
    func insert(_ solution: KernelSolution, _ found: [String: [UInt8]], for key: ContentDigest) {
        let fresh = found.filter { blobs[$0.key] == nil }.sorted { $0.key < $1.key }
        makeRoom(for: fresh.reduce(0) { $0 + $1.value.count })
        for (digest, bytes) in fresh {
            keep(bytes, as: digest)
            unsaved.append(.blob(bytes))
        }
        solutions[key] = solution
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let digest = known[solution] ?? (try? encoder.encode(solution)).map(note(solution)),
            let digest = ContentDigest(digest)
        else { return }
        unsaved.append(.kernel(key, digest))
    }

    private func note(_ solution: KernelSolution) -> (Data) -> String {
        { json in
            let digest = ContentDigest(of: json).description
            self.unsaved.append(.solution(Array(json)))
            self.known[solution] = digest
            return digest
        }
    }

    private func makeRoom(for count: Int) {
        guard size + count > Self.limit else { return }
        blobs = [:]
        size = 0
    }

    private func keep(_ bytes: [UInt8], as digest: String) {
        blobs[digest] = bytes
        size += bytes.count
    }

    /// Writes what is new to the file.
    func save() {
        file?.append(unsaved)
        unsaved = []
    }
}
