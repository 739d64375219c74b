import KernelIdentity

/// The tree of btfhub-archive: `./debian/12/x86_64/6.1.0-56-cloud-amd64.btf`, with the archive's names of architectures.
///
/// It is unpacked before anything reads it, so that links do what they do in a file system: equal files are hard links,
/// and codenames and `uname -m`'s names of architectures are links to folders.
struct BTFHubLayout: ArchiveLayout {
    func placement(of kernel: BundleKernel) -> BundlePlacement {
        .paths([Self.folder(of: kernel.name) + "/\(kernel.name.release).btf"])
    }

    func folderLinks(of kernel: BundleKernel) -> [FolderLink] {
        let name = kernel.name
        var links = name.versionAliases.map { FolderLink(path: "./\(name.distribution)/\($0)", target: name.version) }
        if name.architecture.machine != name.architecture.rawValue {
            let path = "./\(name.distribution)/\(name.version)/\(name.architecture.machine)"
            links.append(FolderLink(path: path, target: name.architecture.rawValue))
        }
        return links
    }

    var allowsLinks: Bool { true }
    var takesSplitModules: Bool { true }
    var manifest: String { "./manifest.json" }

    private static func folder(of name: KernelName) -> String {
        "./\(name.distribution)/\(name.version)/\(name.architecture.rawValue)"
    }
}
