public import Archive

/// Where the kernels of a bundle lie: the paths that a client builds from what it knows of its machine.
///
/// docs/bundles.md says which client reads which layout, and how.
public enum BundleLayout: String, CaseIterable, Hashable, Sendable {
    /// The tree of btfhub-archive, to be unpacked.
    case btfhub
    /// The archive that bcc's libbpf-tools carry within them.
    case bcc
    /// The layers of an Inspektor Gadget image, one per architecture.
    case ig
    /// The tree that tracee embeds.
    case tracee
    /// The collection of the Datadog agent, for one architecture.
    case datadog
    /// One file per build-id.
    case flat
    /// C source for one static binary.
    case embed

    /// The rules of an archive; nil for what is no archive.
    var archive: (any ArchiveLayout)? {
        switch self {
        case .btfhub: BTFHubLayout()
        case .bcc: BCCLayout()
        case .ig: InspektorGadgetLayout()
        case .tracee: TraceeLayout()
        case .datadog: DatadogLayout()
        case .flat: FlatLayout()
        case .embed: nil
        }
    }

    /// Whether the bundle is several files, which a folder holds, or an archive around them.
    public var isFolder: Bool { self == .ig || self == .embed }

    /// The compression that the client reads, where it reads only one.
    public var compression: Compression? { isFolder ? nil : archive?.compression }

    /// Whether clients can be given a kernel's modules as split BTF, in files beside the kernel's.
    public var takesSplitModules: Bool { archive?.takesSplitModules ?? false }

    /// Whether the client's paths name no architecture, so that a bundle can hold one alone.
    public var isForOneArchitecture: Bool { self == .datadog }
}

/// The rules by which one kind of client finds a kernel's BTF in an archive.
protocol ArchiveLayout: Sendable {
    /// The name of the archive that a kernel lies in, where there are several; nil where there is one.
    func archive(of kernel: BundleKernel) -> String?
    /// The paths under which the client looks a kernel up.
    func placement(of kernel: BundleKernel) -> BundlePlacement
    /// What the client expects in place of the BTF itself.
    func contents(_ btf: [UInt8], of kernel: BundleKernel) throws -> [UInt8]
    /// Other names for folders of a kernel's path.
    func folderLinks(of kernel: BundleKernel) -> [FolderLink]
    /// Whether the archive may hold a file once and links to it.
    var allowsLinks: Bool { get }
    /// Whether modules' split BTF may lie beside a kernel's: what is `{path}.btf` has them in `{path}/{module}.btf`.
    var takesSplitModules: Bool { get }
    /// The compression that the client reads, where it reads only one.
    var compression: Compression? { get }
    /// The name of the manifest in the archive.
    var manifest: String { get }
}

extension ArchiveLayout {
    func archive(of kernel: BundleKernel) -> String? { nil }
    func contents(_ btf: [UInt8], of kernel: BundleKernel) -> [UInt8] { btf }
    func folderLinks(of kernel: BundleKernel) -> [FolderLink] { [] }
    var allowsLinks: Bool { false }
    var takesSplitModules: Bool { false }
    var compression: Compression? { nil }
    var manifest: String { "manifest.json" }
}

/// Where a kernel lies in a layout.
enum BundlePlacement: Hashable, Sendable {
    /// Under these paths, of which the first is the one that every client of the layout builds.
    case paths([String])
    /// Nowhere: the client would not find it, for this reason.
    case none(reason: String)
}

/// A symbolic link from one folder's name to another folder beside it.
struct FolderLink: Hashable, Sendable {
    let path: String
    let target: String
}
