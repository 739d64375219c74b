import Foundation
import HubServer
import HubStore
import Synchronization
import TestSupport
import Testing

@Suite("Derived files")
struct CacheTests {
    private let folder: TemporaryDirectory
    private let work = BlockingWork(label: "test", concurrency: 2, backlog: 100)

    init() throws { folder = try TemporaryDirectory() }

    private func key(_ number: UInt8) -> ContentDigest { ContentDigest(of: [number]) }

    private var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.url.path)) ?? [] }

    @Test("a file is made once, however many ask for it at once")
    func singleFlight() async throws {
        let cache = try DerivedCache(directory: folder.url.path, limit: 1 << 20)
        let count = Counter()
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<20 {
                group.addTask {
                    let file = try await cache.file(for: key(1), on: work) { sink in
                        count.increment()
                        usleep(50_000)
                        try sink([1, 2, 3])
                        return true
                    }
                    return try file.read(0..<file.size)
                }
            }
            for try await bytes in group { #expect(bytes == [1, 2, 3]) }
        }
        #expect(count.value == 1)
        #expect(files == [key(1).description])
    }

    @Test("a file outlives the cache, and one that was damaged meanwhile is made again")
    func restart() async throws {
        for round in 0..<4 {
            let cache = try DerivedCache(directory: folder.url.path, limit: 1 << 20)
            let made = Counter()
            let file = try await cache.file(for: key(1), on: work) { sink in
                made.increment()
                try sink(Array(repeating: 7, count: 5000))
                return true
            }
            #expect(try file.read(0..<file.size) == Array(repeating: 7, count: 5000))
            #expect(file.digest == ContentDigest(of: Array(repeating: UInt8(7), count: 5000)))
            #expect(made.value == (round == 1 ? 0 : 1))
            let path = folder.path(key(1).description)
            if round == 1 {
                var bytes = try Data(contentsOf: URL(filePath: path))
                bytes[3000] ^= 1
                try bytes.write(to: URL(filePath: path))
            }
            if round == 2 { truncate(path, 4000) }
        }
    }

    @Test("the folder does not outgrow its limit, and what was used last stays")
    func limit() async throws {
        let cache = try DerivedCache(directory: folder.url.path, limit: 35_000)
        var kept: CachedFile?
        for number in UInt8(0)..<10 {
            let file = try await cache.file(for: key(number), on: work) { sink in
                try sink(Array(repeating: number, count: 10_000))
                return true
            }
            if number == 0 { kept = file }
            #expect(await cache.size <= 35_000)
        }
        #expect(files.count == 3)
        #expect(files.contains(key(9).description))
        // Removed from the folder, but still open.
        #expect(try kept?.read(0..<10_000) == Array(repeating: 0, count: 10_000))
    }

    @Test("what is not worth keeping, and what fails, leaves nothing behind")
    func notKept() async throws {
        let cache = try DerivedCache(directory: folder.url.path, limit: 1 << 20)
        let file = try await cache.file(for: key(1), on: work) { sink in
            try sink([1])
            return false
        }
        #expect(try file.read(0..<1) == [1])
        await #expect(throws: CancellationError.self) {
            try await cache.file(for: key(2), on: work) { sink in
                try sink([1])
                throw CancellationError()
            }
        }
        #expect(files.isEmpty)
        #expect(await cache.size == 0)
        // A failure is not remembered.
        #expect(
            try await cache.file(for: key(2), on: work) {
                try $0([5]); return true
            }.size == 1
        )
    }
}

/// Counts from several threads.
private final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func increment() { count.add(1, ordering: .relaxed) }
}
