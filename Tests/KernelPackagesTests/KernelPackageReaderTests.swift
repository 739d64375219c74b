import Archive
import Foundation
import KernelPackages
import TestSupport
import Testing

@Suite("Reading kernel packages")
struct KernelPackageReaderTests {
    let repository: AptRepository
    let image: String
    let content: [UInt8]

    init() throws {
        var generator = SeededGenerator(seed: 1)
        content = generator.noise(500_000) + [UInt8](repeating: 0, count: 2_500_000)
        repository = try AptRepository()
        image = repository.directory.path("vmlinux")
        try Data(content).write(to: URL(fileURLWithPath: image))
    }

    private func package(
        _ compression: String = "xz",
        imagePath: String = "usr/lib/debug/boot/vmlinux-6.1.0-1-cloud-amd64"
    ) throws -> String {
        let map = try repository.directory.write("map", to: "map")
        return try repository.add(
            "linux-image-6.1.0-1-cloud-amd64-dbg",
            version: "6.1.1-1~bpo11+1",
            files: [imagePath: image, "usr/lib/debug/boot/System.map": map, "usr/share/doc/x": map],
            compression: compression
        )
    }

    private func open(_ path: String, imageLimit: UInt64 = 1 << 30, threads: Int = 2) throws(KernelPackageError)
        -> KernelPackageReader
    {
        var options = KernelPackageReader.Options(workDirectory: repository.directory.url.path)
        options.imageLimit = imageLimit
        options.threads = threads
        return try KernelPackageReader(path: path, options: options)
    }

    private func bytes(_ image: KernelImage?) throws -> [UInt8]? {
        try image?.file.withPath { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }
    }

    @Test(
        "The image comes whole, with its release, from each compression",
        arguments: ["xz", "zstd", "gzip", "none"],
        [1, 2]
    )
    func image(compression: String, threads: Int) throws {
        let reader = try open(try package(compression), threads: threads)
        #expect(
            reader.description.name == "linux-image-6.1.0-1-cloud-amd64-dbg"
                && reader.description.version == "6.1.1-1~bpo11+1"
                && reader.description.architecture == "amd64"
        )
        #expect(reader.description.release == DistributionRelease(distribution: "debian", version: "11"))
        let image = try reader.nextImage()
        #expect(image?.release == "6.1.0-1-cloud-amd64")
        #expect(image?.memberPath == "usr/lib/debug/boot/vmlinux-6.1.0-1-cloud-amd64")
        #expect(try bytes(image) == content)
        #expect(try reader.nextImage() == nil)
    }

    @Test("Unpacking leaves no file behind")
    func noResidue() throws {
        let path = try package()
        let before = try FileManager.default.contentsOfDirectory(atPath: repository.directory.url.path)
        let image = try open(path).nextImage()
        #expect(image != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: repository.directory.url.path) == before)
    }

    @Test("A package with no image is no error")
    func noImage() throws {
        let reader = try open(try package(imagePath: "usr/lib/debug/lib/modules/6.1.0/kernel/fs/ext4/ext4.ko"))
        #expect(try reader.nextImage() == nil)
    }

    @Test("An rpm reads like a deb")
    func rpm() throws {
        for payload in ["w6.xzdio", "w3.zstdio", "w6.gzdio"] {
            let path = try RPMPackage.build(
                "kernel-debuginfo",
                version: "5.3.7-301.fc31",
                files: ["usr/lib/debug/lib/modules/5.3.7-301.fc31.x86_64/vmlinux": image],
                payload: payload,
                in: repository.directory
            )
            let reader = try open(path)
            #expect(reader.description.name == "kernel-debuginfo")
            #expect(reader.description.version == "5.3.7-301.fc31")
            #expect(reader.description.architecture == "x86_64")
            #expect(reader.description.release == DistributionRelease(distribution: "fedora", version: "31"))
            let image = try reader.nextImage()
            #expect(image?.release == "5.3.7-301.fc31.x86_64")
            #expect(try bytes(image) == content)
        }
    }

    @Test("A supplementary file is found before the image and behind it", arguments: [".dwz", "lib/.dwz"])
    func supplement(folder: String) throws {
        let common = try repository.directory.write("common", to: "common")
        let path = try RPMPackage.build(
            "kernel-default-debuginfo",
            version: "5.3.18-22.2",
            files: [
                "usr/lib/debug/\(folder)/one": common, "usr/lib/debug/\(folder)/two": common,
                "usr/lib/debug/boot/vmlinux-5.3.18-22-default.debug": image,
            ],
            in: repository.directory
        )
        let reader = try open(path)
        #expect(try bytes(reader.nextImage()) == content)
        let found = try #require(try reader.supplement(named: "two"))
        #expect(found.memberPath == "usr/lib/debug/\(folder)/two")
        #expect(try found.file.withPath { try String(contentsOfFile: $0, encoding: .utf8) } == "common")
        #expect(try reader.supplement(named: "three") == nil)
        // All of them together may have what an image may.
        #expect(throws: KernelPackageError.self) {
            let strict = try open(path, imageLimit: 11)
            while try strict.nextImage() != nil {}
        }
    }

    @Test("A package that is cut anywhere is an error that names the file", arguments: ["xz", "gzip", "none"])
    func truncation(compression: String) throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: try package(compression)))
        let path = repository.directory.path("cut.deb")
        // The image is followed by nearly nothing, so that all but the last cuts fall before its end.
        for length in [0, 7, 8, 30, 68, 100, 132, 200, 400, 600, whole.count / 2, whole.count - 20_000] {
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: KernelPackageError.self, "cut to \(length)") {
                _ = try open(path).nextImage()
            }
            #expect(error?.description.contains(path) == true)
        }
    }

    @Test("A package with damage gives an error or a result, never a crash or a hang")
    func damage() throws {
        let whole = Array(try Data(contentsOf: URL(fileURLWithPath: try package())))
        let path = repository.directory.path("damaged.deb")
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<150 {
            var bytes = whole
            for _ in 0..<3 {
                bytes[.random(in: 0..<2000, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            _ = try? open(path).nextImage()
        }
    }

    @Test("An image over the limit is refused")
    func imageLimit() throws {
        let reader = try open(try package(), imageLimit: 2_999_999)
        let error = #expect(throws: KernelPackageError.self) { try reader.nextImage() }
        guard case .archive(let archive) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(archive.kind == .tooLarge)
    }

    @Test("What is no package is said to be none; what cannot be opened, too")
    func notAPackage() throws {
        let text = try repository.directory.write("plain text, no package", to: "text")
        #expect(try KernelPackageReader.Format.detect(text) == nil)
        #expect(throws: KernelPackageError.self) { try open(text) }
        #expect(throws: KernelPackageError.self) { try open(repository.directory.path("absent")) }
        #expect(throws: KernelPackageError.self) { try open(repository.directory.url.path) }
        let archive = repository.directory.path("a.deb")
        try Tool.run("ar", ["rc", archive, text])
        let error = #expect(throws: KernelPackageError.self) { try open(archive) }
        #expect(error?.description.contains("debian-binary") == true)
    }

    @Test("No room to unpack names the folder")
    func noRoom() throws {
        var options = KernelPackageReader.Options(workDirectory: repository.directory.path("absent"))
        options.threads = 1
        let reader = try KernelPackageReader(path: try package(), options: options)
        let error = #expect(throws: KernelPackageError.self) { try reader.nextImage() }
        #expect(error?.description.contains("--work-dir") == true)
    }
}
