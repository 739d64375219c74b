import KernelIdentity
import TestSupport
import Testing

@Suite("Globs")
struct GlobTests {
    /// The numbers of a linear congruential generator (Knuth's MMIX).
    private struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    private func matches(_ text: String, _ pattern: String) -> Bool {
        Glob.matches(Array(text.utf8), pattern: Array(pattern.utf8))
    }

    @Test("SQLite's GLOB gives the same answers", arguments: [UInt64(1), 2, 20_261_121])
    func oracle(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        func random(_ alphabet: String, _ length: Int) -> String {
            let letters = Array(alphabet)
            return String(
                (0..<Int.random(in: 0...length, using: &generator)).map { _ in
                    letters[Int.random(in: 0..<letters.count, using: &generator)]
                }
            )
        }
        let cases = (0..<4_000).map { _ in (random("abc-]^", 6), random("ab*?[]^-c", 8)) }
        let script = cases.map { "SELECT '\($0.0)' GLOB '\($0.1)';" }.joined(separator: "\n")
        let directory = try TemporaryDirectory()
        let path = try directory.write(script, to: "globs.sql")
        let answers = try Tool.run("sqlite3", [":memory:", ".read \(path)"]).text.split(separator: "\n").map {
            $0 == "1"
        }
        try #require(answers.count == cases.count)
        #expect(answers.contains(true))
        for (answer, (text, pattern)) in zip(answers, cases) where matches(text, pattern) != answer {
            Issue.record("seed \(seed): '\(text)' GLOB '\(pattern)' is \(answer)")
        }
    }

    @Test("many stars take no exponential time", .timeLimit(.minutes(1)))
    func stars() {
        let text = String(repeating: "a", count: 5_000)
        #expect(!matches(text, String(repeating: "*a", count: 500) + "b"))
        #expect(matches(text, String(repeating: "*a", count: 500)))
    }
}
