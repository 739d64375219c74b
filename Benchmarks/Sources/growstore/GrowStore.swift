import ArgumentParser
import BTF
import Foundation
import HubStore
import KernelIdentity
import Synchronization

/// Makes a store of many kernels out of a few real ones.
@main
struct GrowStore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growstore",
        abstract: "Make a store of many kernels out of a few real ones by seeded mutation.",
        discussion: """
            Each file begins a family of versions, flavours and patch levels, in which as many types change from one \
            kernel to the next as in Debian's. The same files, seed and count give the same kernels. Families \
            are grown by threads of their own. A store that holds a part of them is gone on with. Prints how many kernels were added, and the processor seconds that storing \
            them took, in JSON.
            """
    )

    @Option(help: "The store; made where there is none.") var store: String
    @Option(help: "How many kernels it is to hold.") var count = 1_000
    @Option(help: "Which kernels.") var seed: UInt64 = 1
    @Argument(help: "Real kernels' BTF, canonical or not.") var files: [String]

    func validate() throws {
        if files.isEmpty || count < 1 { throw ValidationError("name at least one file, and a count above 0") }
    }

    func run() throws {
        let archive = try HubStore(store, access: .create)
        let storing = Mutex(Storing())
        let failure = Mutex((any Error)?.none)
        DispatchQueue.concurrentPerform(iterations: files.count) { family in
            let kernels = count / files.count + (family < count % files.count ? 1 : 0)
            do {
                try grow(Growth(family: family, seed: seed), from: files[family], kernels, into: archive, storing)
            } catch { failure.withLock { $0 = error } }
        }
        try archive.close()
        if let error = failure.withLock({ $0 }) { throw error }
        print(String(decoding: try JSONEncoder().encode(storing.withLock { $0 }), as: UTF8.self))
    }

    /// Adds the kernels of one family that the archive does not have.
    private func grow(
        _ growth: Growth,
        from file: String,
        _ kernels: Int,
        into archive: HubStore,
        _ storing: borrowing Mutex<Storing>
    ) throws {
        guard kernels > 0 else { return }
        let real = try BTF(parsing: Array(Data(contentsOf: URL(fileURLWithPath: file)))).canonicalized()
        var first = real
        var previous = real
        for number in 0..<kernels {
            let place = Growth.Place(number)
            let name = try growth.name(place)
            let btf: BTF
            if let known = try archive.kernel(named: name) {
                let isNextMissing = try archive.kernel(named: growth.name(.init(number + 1))) == nil
                guard place.isFirstOfVersion || isNextMissing else { continue }
                btf = try BTF(parsing: archive.btf(of: known))
            } else {
                var generator = growth.generator(number)
                switch growth.change(place, using: &generator) {
                case nil: btf = real
                case (.real, let types)?: btf = try Mutation.changing(types, of: real, using: &generator)
                case (.firstOfVersion, let types)?: btf = try Mutation.changing(types, of: first, using: &generator)
                case (.previous, let types)?: btf = try Mutation.changing(types, of: previous, using: &generator)
                }
                let kernel = NewKernel(name: name, buildID: nil, btf: btf.serialized())
                let stored = try Storing(of: kernel, into: archive)
                storing.withLock { $0 += stored }
            }
            previous = btf
            if place.isFirstOfVersion { first = btf }
        }
    }
}
