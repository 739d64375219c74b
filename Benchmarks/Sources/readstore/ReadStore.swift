import ArgumentParser
import Foundation
import HubStore
import KernelIdentity

/// Reads kernels' BTF out of a store, beside `xz -dc` of the same in btfhub's files.
@main
struct ReadStore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readstore",
        abstract: "Read kernels' BTF out of a store, beside 'xz -dc' of the same kernels' .btf.tar.xz.",
        discussion: """
            The tree is what 'hubctl export --layout btfhub' wrote of the store. Each kernel is read in this process: out \
            of an archive that was just opened, opening it counted ('nothing open'), and once out of one that stays \
            open, one kernel here and the next there ('one after the other'). 'xz -dc' writes to nowhere. All is wall \
            time, the least of the runs where there are several. Prints a table in Markdown.
            """
    )

    @Option(help: "The store.") var store: String
    @Option(help: "How often each kernel is read, and its file unpacked.") var runs = 3
    @Option(help: "Only each so-many-th kernel, in the order of names.") var every = 1
    @Option(help: "Only kernels whose release matches this glob.") var release: String?
    @Option(help: "Where a line for each kernel goes.") var details: String?
    @Argument(help: "The tree of .btf.tar.xz files.") var tree: String

    func validate() throws {
        if runs < 1 || every < 1 { throw ValidationError("--runs and --every are 1 or more") }
    }

    func run() throws {
        let archive = try HubStore(store, access: .readOnly)
        let all = try archive.kernels(matching: KernelFilter(release: release), limit: .max).kernels
        // Digests stand in no order that has to do with the kernels.
        let chosen = all.indices.filter { $0 % every == every / 2 }.map { all[$0] }
            .sorted { $0.btf.digest.bytes.lexicographicallyPrecedes($1.btf.digest.bytes) }
        let readings = try chosen.map { kernel in
            let file = "\(tree)/\(kernel.name).btf.tar.xz"
            var reading = Reading(kernel: kernel)
            for _ in 0..<runs {
                reading.unpacked = min(reading.unpacked, try time { try unpack(file) })
                reading.cold = min(reading.cold, try time { try readAlone(kernel.name) })
            }
            reading.inSequence = try time { _ = try archive.btf(of: kernel) }
            return reading
        }
        try report(readings)
    }

    /// Opens the store and reads one kernel.
    private func readAlone(_ name: KernelName) throws {
        let archive = try HubStore(store, access: .readOnly)
        guard let kernel = try archive.kernel(named: name) else { throw ValidationError("\(name) has gone") }
        _ = try archive.btf(of: kernel)
        try archive.close()
    }

    /// Runs `xz -dc` with its output to nowhere.
    private func unpack(_ file: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        let words = ["xz", "-dc", file]
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        var status: Int32 = -1
        guard posix_spawnp(&child, "xz", &actions, nil, &arguments, environ) == 0,
            waitpid(child, &status, 0) == child, status == 0
        else { throw ValidationError("xz cannot unpack \(file)") }
    }

    private func time(_ work: () throws -> Void) rethrows -> Double {
        try ContinuousClock().measure { try work() } / .milliseconds(1)
    }

    private func report(_ readings: [Reading]) throws {
        print("| | least | a quarter below | median | most | under 4x | all together |")
        print("|---|---|---|---|---|---|---|")
        row("nothing open", readings, \.cold)
        row("one after the other", readings, \.inSequence)
        guard let details else { return }
        let lines = readings.map { reading in
            let times = [reading.unpacked, reading.cold, reading.inSequence].map { String(format: "%.2f", $0) }
            return "\(reading.kernel.name)\t\(reading.kernel.btf.size)\t\(times.joined(separator: "\t"))\n"
        }
        try lines.joined().write(toFile: details, atomically: true, encoding: .utf8)
    }

    private func row(_ name: String, _ readings: [Reading], _ ours: KeyPath<Reading, Double>) {
        let ratios = readings.map { $0.unpacked / $0[keyPath: ours] }.sorted()
        guard let least = ratios.first, let most = ratios.last else { return }
        let mean = readings.map { $0[keyPath: ours] }.reduce(0, +) / Double(readings.count)
        let peer = readings.map(\.unpacked).reduce(0, +) / Double(readings.count)
        let quantiles = [least, ratios[ratios.count / 4], ratios[ratios.count / 2], most]
        let cells = quantiles.map { String(format: "%.1fx", $0) }
        let under = ratios.count { $0 < 4 }
        let means = String(format: "%.1f ms against %.1f ms: %.1fx", mean, peer, peer / mean)
        print("| \(name) | \(cells.joined(separator: " | ")) | \(under) of \(ratios.count) | \(means) |")
    }
}

/// What reading one kernel took, in milliseconds.
private struct Reading {
    let kernel: Kernel
    var unpacked = Double.infinity
    var cold = Double.infinity
    var inSequence = Double.infinity
}
