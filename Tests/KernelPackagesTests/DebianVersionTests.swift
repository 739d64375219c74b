import KernelPackages
import TestSupport
import Testing

@Suite("Debian versions")
struct DebianVersionTests {
    static let versions = [
        "6.1.192-2", "6.1.192-1", "6.1.9-1", "6.1.10-1", "6.12.117-1~deb12u1", "6.12.117-1", "6.12.117-1~bpo12+1",
        "1:0.1", "0:9", "9", "1.0", "1.0-0", "1.0-1", "1.0~rc1", "1.0~~", "1.0~", "1.0+b1", "1.0a", "1.0.a", "1.00",
        "5.4.0-42.46", "5.4.0-42.46~18.04.1", "2.6.32-5+squeeze1", "1.0-1-1", "1-1.0",
    ]

    @Test("dpkg orders every pair the same", arguments: versions)
    func order(left: String) throws {
        for right in Self.versions {
            let isLess = try Tool.attempt("dpkg", ["--compare-versions", left, "lt", right]).status == 0
            let isEqual = try Tool.attempt("dpkg", ["--compare-versions", left, "eq", right]).status == 0
            #expect((DebianVersion(left) < DebianVersion(right)) == isLess, "\(left) < \(right)")
            #expect((DebianVersion(left) == DebianVersion(right)) == isEqual, "\(left) = \(right)")
        }
    }
}
