import ArgumentParser
import BTF
import Foundation
import HubStore
import KernelIdentity

/// Makes a store of many kernels out of a few real ones.
@main
struct GrowStore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growstore",
        abstract: "Make a store of many kernels out of a few real ones by seeded mutation.",
        discussion: """
            Each file begins a series, whose next kernel is the last one with 68 to 800 types changed, as Debian's \
            kernels change from one patch level to the next. The same files, seed and count give the same kernels. A \
            store that holds a part of them is gone on with.
            """
    )

    @Option(help: "The store; made where there is none.") var store: String
    @Option(help: "How many kernels it is to hold.") var count = 10_000
    @Option(help: "Which kernels.") var seed: UInt64 = 1
    @Argument(help: "Real kernels' BTF, canonical or not.") var files: [String]

    func validate() throws {
        if files.isEmpty || count < 1 { throw ValidationError("name at least one file, and a count above 0") }
    }

    func run() throws {
        let archive = try HubStore(store, access: .create)
        var storing = Duration.zero
        var stored = 0
        for (series, file) in files.enumerated() {
            let kernels = count / files.count + (series < count % files.count ? 1 : 0)
            var last: BTF?
            for level in 0..<kernels {
                let name = try KernelName(
                    distribution: "grown",
                    version: "\(series + 1)",
                    architecture: "x86_64",
                    release: "6.1.0-\(level + 1)-amd64"
                )
                if let known = try archive.kernel(named: name) {
                    last = level + 1 < kernels ? try BTF(parsing: archive.btf(of: known)) : nil
                    continue
                }
                var generator = SplitMix(seed: seed &* 1_000_003 &+ UInt64(series) &* 10_007 &+ UInt64(level))
                let btf =
                    if let last { try Mutation.next(after: last, using: &generator) } else {
                        try BTF(parsing: Array(Data(contentsOf: URL(fileURLWithPath: file)))).canonicalized()
                    }
                let bytes = btf.serialized()
                let start = ContinuousClock.now
                try archive.add(NewKernel(name: name, buildID: nil, btf: bytes))
                storing += ContinuousClock.now - start
                stored += 1
                last = btf
            }
        }
        let seconds = Double(storing.components.seconds) + Double(storing.components.attoseconds) * 1e-18
        print("\(stored) kernels added in \(seconds) s of storing")
    }
}
