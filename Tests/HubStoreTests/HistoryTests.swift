import BTF
import HubStore
import KernelIdentity
import TestSupport
import Testing

/// What history reads through deltas, against each kernel's BTF read as a whole.
@Suite("History")
struct HistoryTests {
    private let fixture: StoreFixture

    init() throws { fixture = try SeriesFixture.store() }

    @Test(
        "a history through deltas says what each kernel's BTF says",
        arguments: [
            "task_struct", "task_struct.pid", "part_7", "part_7.size", "part_14.owner_14", "struct part_21",
            "enum part_21",
            "run_28", "later_3", "later_3.of_3", "inserted_4.q", "nowhere",
        ]
    )
    func throughDeltas(_ name: String) throws {
        let path = try #require(TypePath(name))
        let (runs, damaged) = try fixture.store.history(of: path, threads: 2)
        #expect(damaged.isEmpty)
        let expected = try SeriesFixture.kernels.get().map { try BTF(parsing: $0.kernel).sightings(of: path) }
        #expect(runs.flatMap { run in Array(repeating: run.sightings, count: run.kernels) } == expected)
        #expect(zip(runs, runs.dropFirst()).allSatisfy { $0.sightings != $1.sightings })
    }

    @Test("each kernel whose BTF is damaged is named, and the others are followed")
    func damaged() throws {
        let store = fixture.store
        let kernel = try StoreFixture.kernel("6.1.0-9", btf: SeriesFixture.kernels.get()[5].kernel)
        try store.add(kernel)
        try store.close()
        let digest = ContentDigest(of: kernel.btf)
        let statement = "UPDATE btf SET payload = zeroblob(length(payload)) WHERE digest = x'\(digest)'"
        _ = try Tool.run("sqlite3", [fixture.path, statement])
        let path = try #require(TypePath("inserted_5.q"))
        // No other kernel has it, so that this one has to be read.
        let (runs, damaged) = try HubStore(fixture.path, access: .readOnly).history(of: path)
        #expect(runs.map(\.kernels) == [5])
        let texts = damaged.map(\.description)
        #expect(texts.count == 2)
        #expect(texts.contains { $0.contains("6.1.0-5 ") } && texts.contains { $0.contains("6.1.0-9 ") })
    }
}
