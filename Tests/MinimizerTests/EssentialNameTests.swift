import BTF
import Minimizer
import TestSupport
import Testing

/// The names that CO-RE compares, and the search by them.
@Suite("Essential names")
struct EssentialNameTests {
    @Test(
        "a flavour starts with three underscores between two other characters",
        arguments: [
            ("task_struct", "task_struct"), ("task_struct___old", "task_struct"), ("a___b", "a"),
            ("a___b___c", "a___b"),
            ("a____b", "a____b"), ("___b", "___b"), ("a___", "a___"), ("a__b", "a__b"), ("", ""), ("a", "a"),
            ("_a___b_", "_a"), ("a____b___c", "a____b"),
        ]
    )
    func length(name: String, essential: String) {
        #expect(String(decoding: EssentialName.of(Array(name.utf8)), as: UTF8.self) == essential)
    }

    @Test("one pass finds what looking at each type finds")
    func search() throws {
        let directory = try TemporaryDirectory()
        var builder = BTFBuilder(byteOrder: .littleEndian)
        for name in ["a", "a___x", "ab", "ab___y", "a_", "b", "", "list___deep___er"] {
            builder.add(.forward(name: builder.intern(name), isUnion: false))
            builder.add(.float(name: builder.intern(name), size: 8))
        }
        let kernels = [try builder.build(), try Workshop.types(Workshop.smallKernel(in: directory))]
        let names = ["a", "ab", "a_", "list", "list___deep", "thing", "same_twin", "twin", "int", "zzz", "a"]
        for types in kernels {
            for kinds: Set<Kind> in [Set(Kind.allCases), [.structure, .union], [.forward], []] {
                let found = types.ids(withEssentialNames: names.map { Array($0.utf8) }, ofKinds: kinds)
                let expected = names.map { name in
                    types.ids.filter { id in
                        kinds.contains(types.kind(of: id))
                            && EssentialName.of(Array(types.name(of: id).utf8)).elementsEqual(name.utf8)
                    }
                }
                #expect(found == expected)
            }
        }
    }
}
