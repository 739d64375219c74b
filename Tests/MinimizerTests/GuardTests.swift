import Minimizer
import TestSupport
import Testing

/// Which answers to existence checks keep which relocated instructions from running.
@Suite("Guards")
struct GuardTests {
    /// The guards of each function's relocations that are no questions: `question's path = answer`.
    private func guards(of object: ObjectRequests) throws -> [String: [[String]]] {
        let records = RelocationSolver(RelocationRequestLog(objects: [object])).solve(
            on: KernelTypes(vmlinux: object.types)
        ).records
        var guards: [String: [[String]]] = [:]
        for (request, record) in zip(object.requests, records) where !record.kind.isQuestion {
            let found = request.guards.map { "\(records[$0.question].local.path) = \($0.answer)" }
            guards[record.location.function ?? "", default: []].append(found)
        }
        return guards
    }

    private static let expected = [
        "either": [["task_struct___new.__state = false"], ["task_struct___new.__state = true"]],
        "hidden": [[]], "type": [["struct gone = false"]], "bare": [[]], "late": [[]],
    ]

    @Test(
        "control flow shows what a check guards, whichever instructions it is made of",
        arguments: Compiler.installed,
        [["-mcpu=v1"], ["-mcpu=v2"], ["-mcpu=v3"], ["-mcpu=v3", "-Os"]]
    )
    func found(compiler: Compiler, options: [String]) throws {
        let directory = try TemporaryDirectory()
        let path = try Workshop.compile("guards", with: compiler, options: options, in: directory)
        #expect(try guards(of: BPFObject(path: path).requests) == Self.expected)
    }

    @Test("in big-endian objects too")
    func bigEndian() throws {
        let directory = try TemporaryDirectory()
        let path = try Workshop.compile("guards", target: "bpfeb", in: directory)
        #expect(try guards(of: BPFObject(path: path).requests) == Self.expected)
    }

    @Test("a saved request log keeps them, and takes none that is no check")
    func saved() throws {
        let directory = try TemporaryDirectory()
        let object = try BPFObject(path: Workshop.compile("guards", in: directory))
        let json = String(decoding: try RelocationRequestLog(of: [object]).json(), as: UTF8.self)
        let log = try RelocationRequestLog(json: Array(json.utf8), name: "saved.json")
        #expect(try guards(of: log.objects[0]) == Self.expected)
        #expect(json.contains("\"guards\":[{\"answer\":false,\"question\":0}]"))
        for question in [1, 99, -1] {
            let changed = json.replacing("\"question\":0", with: "\"question\":\(question)")
            #expect(throws: RequestLogError.self) {
                try RelocationRequestLog(json: Array(changed.utf8), name: "saved.json")
            }
        }
    }
}
