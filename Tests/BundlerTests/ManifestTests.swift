import Archive
import Bundler
import Foundation
import HubStore
import KernelIdentity
import Minimizer
import TestSupport
import Testing

@Suite("Manifests")
struct ManifestTests {
    private let fixture: BundleFixture

    init() throws { fixture = try BundleFixture() }

    private func manifest(_ plan: BundlePlan) throws -> [String: Any] {
        _ = try fixture.write(plan, to: "a.tar")
        let text = try Tool.run("tar", ["-xOf", fixture.folder.path("a.tar"), "./manifest.json"]).output
        return try #require(JSONSerialization.jsonObject(with: text) as? [String: Any])
    }

    @Test("a manifest says which kernels, which types, which objects, and what does not resolve where")
    func contents() throws {
        let manifest = try manifest(try fixture.plan(.btfhub, compression: Compression.none))
        #expect(manifest["layout"] as? String == "btfhub" && manifest["hub"] as? String == HubVersion.current)
        let objects = try #require(manifest["objects"] as? [[String: Any]])
        #expect(objects.count == 1 && objects[0]["name"] as? String == "app.o")
        #expect(objects[0]["sha256"] as? String == ContentDigest(of: try BundleFixture.program.get()).description)
        #expect(objects[0]["relocations"] as? Int == 2)

        let solutions = try #require(manifest["solutions"] as? [[String: Any]])
        let kernels = try #require(manifest["kernels"] as? [[String: Any]])
        #expect(kernels.count == 6 && solutions.count == 2)
        try Tool.run("tar", ["-xf", fixture.folder.path("a.tar"), "-C", fixture.folder.url.path])
        for kernel in kernels {
            let solution = solutions[try #require(kernel["solution"] as? Int)]
            let path = try #require((kernel["paths"] as? [String])?.first)
            let bytes = try fixture.bytes(path)
            #expect(solution["btf"] as? String == ContentDigest(of: bytes).description)
            #expect(solution["size"] as? Int == bytes.count)
            let unresolved = try #require(solution["unresolved"] as? [[String: Any]])
            let isThird = kernel["name"] as? String == "debian/12/x86_64/6.1.0-57-cloud-amd64"
            #expect(unresolved.map { $0["local"] as? String } == (isThird ? ["task_struct.tgid"] : []))
            #expect(
                unresolved.allSatisfy {
                    $0["outcome"] as? String == "poisoned" && $0["function"] as? String == "program"
                }
            )
        }
        let stored = try #require(try fixture.store.kernel(named: KernelName(parsing: BundleFixture.kernels[2].name)))
        let kernel = try #require(kernels.first { $0["name"] as? String == BundleFixture.kernels[2].name })
        #expect(kernel["source_btf"] as? String == stored.btf.digest.description)
        #expect(kernel["build_id"] as? String == "aa02")
    }

    @Test("names from outside stay text, and lead nowhere")
    func hostileNames() throws {
        let name = "../../etc/\"};\n<script>*\\u0000?\u{1}\u{2028}"
        let objects = try BundleFixture.requests(named: name)
        let manifest = try manifest(try fixture.plan(.btfhub, compression: Compression.none, requests: objects))
        let named = try #require((manifest["objects"] as? [[String: Any]])?.first?["name"] as? String)
        #expect(name.hasSuffix(named) && named.hasPrefix("\"};\n<script>"))
        let members = try Tool.run("tar", ["-tf", fixture.folder.path("a.tar")]).text.split(separator: "\n")
        #expect(members.allSatisfy { $0.hasPrefix("./") && !$0.contains("..") && !$0.contains("script") })
        _ = try fixture.writeFiles(try fixture.plan(.embed, requests: objects), to: "embed")
        #expect(!String(decoding: try fixture.bytes("embed/btfhub_bundle.c"), as: UTF8.self).contains("script"))
        for release in ["..", "a/b", "a\nb", "a\"b", "a;b", ""] {
            #expect(throws: KernelNameError.self) {
                try KernelName(distribution: "debian", version: "12", architecture: "x86_64", release: release)
            }
        }
    }
}
