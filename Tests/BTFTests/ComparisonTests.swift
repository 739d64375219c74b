import BTF
import Testing

@Suite("Comparing")
struct ComparisonTests {
    @Test("types in canonical order and repeated say the same as before", arguments: ["bpf", "bpfeb"])
    func sameMeaning(target: String) throws {
        let btf = try BTF(parsing: Fixture.clang(Fixture.zoo, target: target))
        for other in [try btf.canonicalized(), try btf.repeated(2)] {
            let comparison = BTFComparison(btf, other)
            #expect(comparison.rows.filter { !$0.isSame } == [])
            let count = comparison.rows.reduce(0) { $0 + $1.secondCount }
            #expect(count == other.typeCount)
        }
    }

    @Test("a difference is named on its own side, and shows as far as references are followed")
    func difference() throws {
        let one = try BTF(parsing: Fixture.clang("struct in { int a; }; struct out { struct in *i; } o; struct in v;"))
        let two = try BTF(parsing: Fixture.clang("struct in { long a; }; struct out { struct in *i; } o; struct in v;"))
        func names(depth: Int) -> (first: [String], second: [String]) {
            let row = BTFComparison(one, two, depth: depth).rows.first { $0.kind == .structure }
            return (row?.onlyInFirst ?? [], row?.onlyInSecond ?? [])
        }
        #expect(names(depth: 1) == (["in"], ["in"]))
        #expect(names(depth: 2) == (["in", "out"], ["in", "out"]))
        let integers = BTFComparison(one, two).rows.first { $0.kind == .int }
        #expect(integers?.onlyInFirst == ["int"])
        #expect(integers?.onlyInSecond == ["long"])
        #expect(integers?.commonCount == 0)
    }

    @Test("a tag on a type is looked through, by both ways to compare")
    func typeTags() throws {
        func types(_ target: String) throws -> BTF {
            let source = "struct s { \(target) __attribute__((btf_type_tag(\"user\"))) *p; } s; int i; long l;"
            return try BTF(parsing: Fixture.clang(source)).canonicalized()
        }
        let (one, two) = (try types("int"), try types("long"))
        #expect(one.ids.contains { one.kind(of: $0) == .typeTag })
        #expect(two.differences(from: one).map(\.name) == ["s"])
        let row = BTFComparison(one, two, depth: 1).rows.first { $0.kind == .structure }
        #expect(row?.onlyInFirst == ["s"])
        #expect(row?.onlyInSecond == ["s"])
    }
}
