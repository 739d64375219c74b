internal import BTF
internal import Minimizer

/// The relocations of some programs in the order of their request log, each with its local side.
struct ProgramRelocations: Sendable {
    struct Relocation: Sendable {
        /// Which object asks, by its place in the request log.
        let object: Int
        /// The local side; the target's is that of a kernel without types.
        let record: RelocationRecord
    }

    let relocations: [Relocation]

    init(of requests: RelocationRequestLog) throws {
        let nothing = KernelTypes(vmlinux: try BTFBuilder(byteOrder: .host).build())
        let records = RelocationSolver(requests).solve(on: nothing).records
        let objects = requests.objects.enumerated().flatMap { Array(repeating: $0, count: $1.requests.count) }
        relocations = zip(objects, records).map { Relocation(object: $0, record: $1) }
    }
}
