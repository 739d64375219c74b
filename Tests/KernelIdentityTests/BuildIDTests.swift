import KernelIdentity
import Testing

@Suite("Build-ids")
struct BuildIDTests {
    @Test("bytes and digits are one")
    func forms() throws {
        let id = try #require(BuildID("00ffA1b2"))
        #expect(id.bytes == [0x00, 0xff, 0xa1, 0xb2])
        #expect(id.description == "00ffa1b2")
        #expect(BuildID(bytes: id.bytes) == id)
    }

    @Test(
        "what is none is refused",
        arguments: ["", "0", "0g", "00 1", "é0", "+1", String(repeating: "00", count: 65)]
    )
    func refused(text: String) { #expect(BuildID(text) == nil) }

    @Test("a descriptor has 1 to 64 bytes", arguments: [(0, false), (1, true), (20, true), (64, true), (65, false)])
    func lengths(count: Int, isTaken: Bool) {
        #expect((BuildID(bytes: [UInt8](repeating: 1, count: count)) != nil) == isTaken)
    }
}
