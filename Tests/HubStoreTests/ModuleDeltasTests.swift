import BTFDelta
import HubStore
import KernelIdentity
import TestSupport
import Testing

@Suite("The bytes of modules' deltas")
struct ModuleDeltasTests {
    private static func deltas() throws -> ModuleDeltas {
        let long = DeltaParts.Part(column: 38, bytes: Array(0...200))
        let forms: [ModuleDeltas.Form] = [
            .same, .copied, .delta(DeltaParts(strings: 0, types: -3, words: .max, parts: [])),
            .delta(DeltaParts(strings: 7, types: 0, words: .min, parts: [.init(column: 0, bytes: [7]), long])), .copied,
            .same,
        ]
        let places = [0, 1, 5, 6, 7, 1000]
        let buildIDs: [BuildID?] = [
            BuildID(bytes: [1]), nil, BuildID(bytes: Array(repeating: 9, count: 64)), BuildID(bytes: Array(0..<20)),
            nil, nil,
        ]
        return ModuleDeltas(
            forms.enumerated().map { index, form in
                ModuleDeltas.Entry(
                    place: places[index],
                    buildID: buildIDs[index],
                    form: form,
                    digest: form == .same ? nil : ContentDigest(of: [UInt8(index)]),
                    growth: form == .same ? 0 : index * 5000 - 12_000
                )
            }
        )
    }

    @Test("modules come back as they went in")
    func roundTrip() throws {
        let deltas = try Self.deltas()
        let back = try ModuleDeltas(bytes: deltas.bytes, identities: deltas.identities, count: 6, own: 4)
        #expect(back == deltas)
    }

    @Test("other counts, and what is cut or longer, are errors")
    func counts() throws {
        let deltas = try Self.deltas()
        let (bytes, identities) = (deltas.bytes, deltas.identities)
        for (count, own) in [(5, 4), (7, 4), (6, 3), (6, 5), (0, 0), (-1, 0), (Int.max, 4)] {
            #expect(throws: (any Error).self) {
                try ModuleDeltas(bytes: bytes, identities: identities, count: count, own: own)
            }
        }
        for length in 0..<bytes.count {
            #expect(throws: (any Error).self) {
                try ModuleDeltas(bytes: Array(bytes.prefix(length)), identities: identities, count: 6, own: 4)
            }
        }
        for other in [identities.dropLast(), identities + [0], []] {
            #expect(throws: (any Error).self) {
                try ModuleDeltas(bytes: bytes, identities: Array(other), count: 6, own: 4)
            }
        }
    }

    @Test("more modules than any kernel has are refused, however few bytes claim them", arguments: [65_536, 65_537])
    func tooMany(count: Int) throws {
        // One run of the base's modules, all in form 0, without build-ids: all but the run is zeroes.
        let run = [count & 0x7f | 0x80, count >> 7 & 0x7f | 0x80, count >> 14].map { UInt8($0) }
        let bytes = [0] + run + [UInt8](repeating: 0, count: 3 * count)
        let read = Result { try ModuleDeltas(bytes: bytes, identities: [], count: count, own: 0) }
        if count > ModuleDeltas.limit {
            #expect(throws: DeltaError.self) { try read.get() }
        } else {
            #expect(try read.get().entries.count == count)
        }
    }

    @Test("hostile numbers are errors, never a trap")
    func hostile() throws {
        let deltas = try Self.deltas()
        var generator = SeededGenerator(seed: 1)
        var refused = 0
        for _ in 0..<2000 {
            var bytes = deltas.bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<60, using: &generator)
                bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
            }
            do {
                let read = try ModuleDeltas(bytes: bytes, identities: deltas.identities, count: 6, own: 4)
                #expect(read.entries.count == 6)
            } catch { refused += 1 }
        }
        #expect(refused > 1000)
    }
}
