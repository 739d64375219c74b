import BTF
import Foundation
import KernelIdentity
import Minimizer
import TestSupport
import Testing

/// Saved request logs, and records as JSON.
@Suite("Logs as JSON")
struct LogTests {
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
        let name = try KernelName(parsing: "debian/12/x86_64/6.1.0-56-cloud-amd64")
        let record = try #require(log.records.first { $0.local.path == "thing.name[9]" })
        let line = try record.json(kernel: name)
        let parsed = try #require(JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        #expect(!line.contains(UInt8(ascii: "\n")))
        #expect(parsed["kernel"] as? String == "debian/12/x86_64/6.1.0-56-cloud-amd64")
        #expect(parsed["kind"] as? String == "byte_off" && parsed["outcome"] as? String == "resolved")
        #expect(parsed["function"] as? String == "offsets" && parsed["section"] as? String == "kprobe/offsets")
        let target = try #require(parsed["target"] as? [String: Any])
        #expect(target["path"] as? String == "thing.name[9]" && target["access"] as? String == "0:4:9")
        #expect(target["value"] as? UInt64 == record.value)
    }
}
