import Archive
import BTF
import Foundation
import KernelIdentity
import Minimizer
import TestSupport
import Testing

/// Bundles, and the logs that they can be made from.
@Suite("Bundles")
struct BundleTests {
    private let kernels = [
        "ubuntu/20.04/arm64/5.4.0-42-generic", "debian/12/x86_64/6.1.0-56-cloud-amd64",
        "debian/bookworm/aarch64/6.1.0-9-arm64", "debian/12/x86_64/6.1.0-56-cloud-amd64",
    ]

    private func names() throws -> [KernelName] { try kernels.map { try KernelName(parsing: $0) } }

    @Test("paths are those that clients look up, sorted, each once", arguments: Compression.allCases)
    func members(compression: Compression) throws {
        let directory = try TemporaryDirectory()
        let path = directory.path("bundle\(compression.tarSuffix)")
        var bytes: [UInt8] = []
        let contents = try write(compression, names(), to: &bytes)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let listed = try Tool.run("tar", ["-tf", path]).text.split(separator: "\n").map(String.init)
        #expect(
            listed == [
                "./debian/12/arm64/6.1.0-9-arm64.btf", "./debian/12/x86_64/6.1.0-56-cloud-amd64.btf",
                "./ubuntu/20.04/arm64/5.4.0-42-generic.btf",
            ]
        )
        #expect(contents.kernels.count == 3 && contents.leftOut.isEmpty)
        let member = try Tool.run("tar", ["-xOf", path, listed[0]])
        #expect(member.text == "debian/12/arm64/6.1.0-9-arm64")
    }

    @Test("the bytes do not depend on the order of asking", arguments: Compression.allCases)
    func reproducible(compression: Compression) throws {
        var (one, other): ([UInt8], [UInt8]) = ([], [])
        _ = try write(compression, names(), to: &one)
        _ = try write(compression, names().reversed(), to: &other)
        #expect(one == other && !one.isEmpty)
    }

    @Test("a kernel for which there is nothing is left out, and a failure ends the bundle")
    func leftOut() throws {
        struct Broken: Error {}
        let writer = BundleWriter(compression: .none)
        let contents = try writer.write(
            names(),
            minimized: { $0.distribution == "ubuntu" ? nil : [1] },
            to: { _ in }
        )
        #expect(contents.kernels.count == 2 && contents.leftOut.map(\.distribution) == ["ubuntu"] && contents.size == 2)
        #expect(throws: Broken.self) {
            try writer.write(names(), minimized: { _ in throw Broken() }, to: { _ in })
        }
        #expect(throws: Broken.self) {
            try writer.write(names(), minimized: { _ in [1] }, to: { _ in throw Broken() })
        }
    }

    @Test("a saved request log stands in for its object: the same bytes", arguments: Workshop.allPrograms)
    func requestLog(program: String) throws {
        let directory = try TemporaryDirectory()
        let kernel = KernelTypes(vmlinux: try Workshop.types(Workshop.smallKernel(in: directory)))
        for target in ["bpfel", "bpfeb"] {
            let object = try BPFObject(path: Workshop.compile(program, target: target, in: directory))
            let log = RelocationRequestLog(of: [object])
            let json = try log.json()
            let again = try RelocationRequestLog(json: json, name: "saved.json")
            #expect(try again.json() == json)
            #expect(again.count == log.count && log.count > 0)
            for kernel in [kernel, KernelTypes(vmlinux: object.types)] {
                let (one, other) = (try Minimizer(log).minimize(kernel), try Minimizer(again).minimize(kernel))
                #expect(one.bytes == other.bytes && one.logs == other.logs && one.additions == other.additions)
            }
        }
    }

    @Test("a log of several objects holds only the types that are asked for")
    func severalObjects() throws {
        let directory = try TemporaryDirectory()
        let objects = try ["fields", "functions", "types"].map {
            try BPFObject(path: Workshop.compile($0, in: directory))
        }
        let log = RelocationRequestLog(of: objects)
        let again = try RelocationRequestLog(json: log.json(), name: "saved.json")
        #expect(try again.json() == RelocationRequestLog(of: objects).json())
        let names = again.objects.flatMap { object in object.types.ids.map { object.types.name(of: $0) } }
        #expect(names.contains("thing") && !names.contains("total") && !names.contains(".rodata"))
    }

    @Test("a saved request log is not trusted")
    func hostileRequestLog() throws {
        let directory = try TemporaryDirectory()
        let object = try BPFObject(path: Workshop.compile("fields", in: directory))
        let json = String(decoding: try RelocationRequestLog(of: [object]).json(), as: UTF8.self)
        let root = try #require(object.requests.requests.first?.root.rawValue)
        let changes = [
            ("{", "["), ("\"version\":1", "\"version\":2"), ("\"byte_off\"", "\"byte_of\""),
            ("\"root\":\(root),", "\"root\":4000000000,"), ("\"access\":\"0:", "\"access\":\"0:77:"),
            ("\"types\":\"n+sB", "\"types\":\"n+sC"), ("\"types\":\"", "\"types\":\"*"),
            ("\"programs\":[[", "\"programs\":[[70000,"), ("\"programs\":[[", "\"programs\":[[-1,"),
        ]
        for (old, new) in changes {
            let range = try #require(json.range(of: old), "\(old)")
            let changed = json.replacingCharacters(in: range, with: new)
            let error = #expect(throws: RequestLogError.self, "\(old) -> \(new)") {
                try RelocationRequestLog(json: Array(changed.utf8), name: "saved.json")
            }
            #expect(error?.description.hasPrefix("saved.json") == true)
        }
    }

    @Test("a record is one line of JSON")
    func recordJSON() throws {
        let directory = try TemporaryDirectory()
        let kernel = try Workshop.types(Workshop.smallKernel(in: directory))
        let log = try Workshop.minimize(kernel, for: [Workshop.compile("fields", in: directory)]).log
        let name = try KernelName(parsing: kernels[1])
        let record = try #require(log.records.first { $0.local.path == "thing.name[9]" })
        let line = try record.json(kernel: name)
        let parsed = try #require(JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        #expect(!line.contains(UInt8(ascii: "\n")))
        #expect(parsed["kernel"] as? String == kernels[1])
        #expect(parsed["kind"] as? String == "byte_off" && parsed["outcome"] as? String == "resolved")
        #expect(parsed["function"] as? String == "offsets" && parsed["section"] as? String == "kprobe/offsets")
        let target = try #require(parsed["target"] as? [String: Any])
        #expect(target["path"] as? String == "thing.name[9]" && target["access"] as? String == "0:4:9")
        #expect(target["value"] as? UInt64 == record.value)
    }

    /// Writes a bundle whose members hold their kernels' names.
    private func write(
        _ compression: Compression,
        _ names: [KernelName],
        to bytes: inout [UInt8]
    ) throws -> BundleWriter.Contents {
        let pieces = Pieces()
        let contents = try BundleWriter(compression: compression).write(
            names,
            minimized: { Array($0.description.utf8) },
            to: { pieces.bytes += $0 }
        )
        bytes = pieces.bytes
        return contents
    }

    private final class Pieces {
        var bytes: [UInt8] = []
    }
}
