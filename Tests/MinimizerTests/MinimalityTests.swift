import BTF
import Foundation
import Minimizer
import TestSupport
import Testing

/// Nothing is in a minimised BTF that no relocation or proof needs.
@Suite("Minimality")
struct MinimalityTests {
    @Test(
        "without any single type or member, the BTF is none or a relocation comes to something else",
        arguments: [
            "ambiguous", "bitfields", "choices", "enumerators", "fields", "flavours", "flexible", "functions",
            "matches", "narrowing", "shared", "types",
        ]
    )
    func everythingIsNeeded(program: String) throws {
        let directory = try TemporaryDirectory()
        let object = try BPFObject(path: Workshop.compile(program, in: directory))
        let kernel = KernelTypes(vmlinux: try Workshop.types(Workshop.smallKernel(in: directory)))
        let requests = RelocationRequestLog(of: [object])
        let minimized = try Minimizer(requests).minimize(kernel)
        let solver = RelocationSolver(requests)
        func isProven(_ types: BTF) -> Bool {
            guard types.verify().isEmpty else { return false }
            let again = KernelTypes(vmlinux: types, pointerSize: kernel.pointerSize)
            return LoaderRules.allCases.allSatisfy { rules in
                let before = minimized.logs[rules]?.records ?? []
                return zip(before, solver.solve(on: again, by: rules).records).allSatisfy { before, after in
                    before.outcome == after.outcome && (before.kind == .typeIDTarget || before.value == after.value)
                }
            }
        }
        #expect(isProven(minimized.types))
        for id in minimized.types.ids {
            #expect(!isProven(try without(id, nil, in: minimized.types)), "\(minimized.types[id])")
            for member in minimized.types.members(of: id).indices {
                #expect(!isProven(try without(id, member, in: minimized.types)), "\(minimized.types[id]), \(member)")
            }
        }
    }

    @Test("what only the proof needs is named with its reason")
    func additions() throws {
        let directory = try TemporaryDirectory()
        let object = try Workshop.compile("flexible", in: directory)
        let minimized = try Workshop.minimize(Workshop.types(Workshop.smallKernel(in: directory)), for: [object])
        #expect(minimized.additions.map(\.part) == ["struct early.after"])
        #expect(minimized.additions.first?.reason.contains("early.items[1] is absent on the kernel") == true)
    }

    /// A BTF without one type, whose place void takes, or without one of its members.
    private func without(_ gone: TypeID, _ member: Int?, in types: BTF) throws -> BTF {
        var builder = BTFBuilder(byteOrder: types.byteOrder)
        func moved(_ id: TypeID) -> TypeID {
            guard member == nil else { return id }
            return id == gone ? .void : id > gone ? TypeID(id.rawValue - 1) : id
        }
        for id in types.ids where id != gone || member != nil {
            var type = types[id].mapping(type: moved) { builder.intern(bytes: types.bytes(at: $0)) }
            if id == gone, let member, case .composite(var composite) = type {
                composite.members.remove(at: member)
                type = .composite(composite)
            }
            builder.add(type)
        }
        return try builder.build()
    }
}
