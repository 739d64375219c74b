import Bundler
import Minimizer

/// Reads what programs ask for, from BPF objects or from saved relocation request logs.
///
/// - Parameter paths: the files, in the order in which the result has them.
/// - Returns: all requests.
/// - Throws: `ELFError`, `BPFObjectError` or `RequestLogError`, each naming the file.
func readRequests(_ paths: [String]) throws -> RelocationRequestLog {
    RelocationRequestLog(objects: try paths.flatMap { try ProgramRequests.read(try readFile($0), name: $0) })
}
