import Archive
import KernelIdentity

/// The layers `application/vnd.gadget.btfgen.v1+binary` of an Inspektor Gadget image: one tar.gz per architecture, with
/// `{ID}/{VERSION_ID}/{uname -m}/{uname -r}.btf`.
///
/// Source: `pkg/operators/btfgen` and `pkg/btfgen` of Inspektor Gadget. The reader takes the contents of the first entry
/// whose name is the path that it built, to the byte, so that there is no leading `./` and a link would be empty.
struct InspektorGadgetLayout: ArchiveLayout {
    func archive(of kernel: BundleKernel) -> String? { "btfs-\(kernel.name.architecture.rawValue).tar.gz" }

    func placement(of kernel: BundleKernel) -> BundlePlacement {
        let name = kernel.name
        guard name.architecture == .amd64 || name.architecture == .arm64 else {
            return .none(reason: "Inspektor Gadget has no images for \(name.architecture)")
        }
        let spellings = OSReleaseSpelling.inInspektorGadget(of: name)
        return .paths(spellings.map { "\($0)/\(name.architecture.machine)/\(name.release).btf" })
    }

    var compression: Compression? { .gzip }
}
