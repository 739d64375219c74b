import Foundation
import HubStore
import TestSupport
import Testing

@Suite("The ledger")
struct LedgerTests {
    private let time = Date(timeIntervalSince1970: 1_700_000_000)

    @Test("a package that nobody has seen is new")
    func unseen() throws {
        let store = try StoreFixture().store
        let decision = try store.decision(for: StoreFixture.package())
        #expect(decision == .new)
        #expect(decision.shouldProcess)
    }

    @Test("a failure waits until its time, then is tried again, and attempts are counted")
    func retry() throws {
        let store = try StoreFixture().store
        let package = StoreFixture.package()
        let failure = PackageOutcome.failed(reason: "the mirror ended early", retryAfter: time.addingTimeInterval(60))
        try store.record(failure, for: package, at: time)
        let waiting = try store.decision(for: package, at: time.addingTimeInterval(59))
        guard case .waiting(let entry, let until) = waiting else {
            Issue.record("unexpected \(waiting)")
            return
        }
        #expect(!waiting.shouldProcess)
        #expect(until == time.addingTimeInterval(60))
        #expect(entry.outcome == failure)
        #expect(entry.attempts == 1)
        #expect(try store.decision(for: package, at: time.addingTimeInterval(60)) == .retry(entry))

        try store.record(failure, for: package, at: time.addingTimeInterval(61))
        #expect(try store.ledgerEntry(for: package)?.attempts == 2)
    }

    @Test("no image and stored are done; another digest under the same name is new")
    func done() throws {
        let store = try StoreFixture().store
        try store.record(.noImage(reason: "a shim package"), for: StoreFixture.package("shim"), at: time)
        try store.add(try StoreFixture.kernel("6.1.0-1"), from: StoreFixture.package(), at: time)
        for name in ["shim", "linux-image"] {
            #expect(try !store.decision(for: StoreFixture.package(name)).shouldProcess)
            #expect(try !store.decision(for: StoreFixture.package(name, digest: nil)).shouldProcess)
            #expect(try store.decision(for: StoreFixture.package(name, digest: 2)) == .new)
        }
        try store.record(.failed(reason: "cut", retryAfter: nil), for: StoreFixture.package(digest: 2), at: time)
        #expect(try store.ledgerEntry(for: StoreFixture.package())?.attempts == 1)
    }

    @Test("the ledger is listed page by page, and counted")
    func listing() throws {
        let store = try StoreFixture().store
        for index in 0..<5 {
            try store.record(.noImage(reason: "empty"), for: StoreFixture.package("p\(index)"), at: time)
        }
        try store.record(.failed(reason: "cut", retryAfter: nil), for: StoreFixture.package("p5"), at: time)
        let first = try store.ledger(limit: 4)
        let second = try store.ledger(after: first.last?.id, limit: 4)
        #expect((first + second).map(\.package.name) == (0...5).map { "p\($0)" })
        #expect(try store.ledger(after: second.last?.id).isEmpty)
        let statistics = try store.statistics()
        #expect(statistics.packagesWithoutImage == 5)
        #expect(statistics.packagesFailed == 1)
        #expect(statistics.packagesStored == 0)
    }
}
