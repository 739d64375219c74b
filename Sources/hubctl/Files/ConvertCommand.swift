public import ArgumentParser
import BTF
import CommandSupport
public import Conversion
import DWARF

struct ConvertCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Make BTF of a kernel image or of modules.",
        discussion: """
            The result is canonical: the same bytes for the same types, on any machine and with any number of threads.

            A module's BTF is split over its kernel's, which --base gives. For a module with DWARF that is what \
            convert has written for the kernel. A module's .BTF section means something only together with the BTF \
            that stands in its kernel's image: give that image, or the BTF as it stands there, and not the canonical \
            form.

            Many modules are converted at once when several are given, or folders of them; -o then is a folder, which \
            gets a file NAME.btf for each, named as the kernel names the module. One that cannot be converted is named \
            and stops no other.
            """
    )

    @Argument(
        help:
            "A vmlinux, a module, or a boot image (vmlinuz, Image) with BTF; also compressed. Or modules, and folders."
    )
    var images: [String]
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The file to write, - for standard output; or the folder.", valueName: "path")
    )
    var output: String
    @Option(help: ArgumentHelp("The kernel's BTF or its image, for modules.", valueName: "file"))
    var base: String?
    @Option(help: ArgumentHelp("How many threads to use; the result does not depend on it.", valueName: "n"))
    var threads = 1
    @Option(help: "auto takes DWARF where there is some, else the .BTF section.") var source: BTFSource = .auto

    @Option(
        help: ArgumentHelp(
            "What may appear when DWARF is converted: float, decl_tag, type_tag, enum64, decl_tag_kfuncs; all; none.",
            valueName: "list"
        )
    )
    var features = "all"

    @Option(
        help: ArgumentHelp(
            "The file with what dwz -m has moved out of the image's DWARF. (default: where the image says)",
            valueName: "file"
        )
    )
    var supplementary: String?

    private var isMany: Bool {
        images.count > 1 || output.hasSuffix("/") || images.contains(where: ModuleFile.isFolder)
            || ModuleFile.isFolder(output)
    }

    func validate() throws {
        if !(1...256).contains(threads) { throw ValidationError("--threads takes a number from 1 to 256") }
        if DWARFConverter.Features(list: features) == nil {
            throw ValidationError("--features takes float, decl_tag, type_tag, enum64, decl_tag_kfuncs; all; none")
        }
        if isMany, base == nil {
            throw ValidationError("several modules, or a folder to write to, need --base: the BTF of their kernel")
        }
        if isMany, output == "-" { throw ValidationError("several modules need a folder to write to, not '-o -'") }
    }

    func execute() throws {
        MemoryReuse.enable()
        let base = try base.map { try ImageConverter.embeddedTypes(of: UnpackedImage(path: $0)) }
        let features = DWARFConverter.Features(list: features) ?? .all
        let options = DWARFConverter.Options(
            threads: threads,
            features: features,
            supplement: supplementary.map { .path($0) } ?? .linked
        )
        if isMany, let base {
            let conversion = ModulesConversion(ModuleBatch(source: source, base: base, options: options), into: output)
            return try conversion.convert(ModuleFile.find(in: images))
        }
        let converter = ImageConverter(source: source, base: base, options: options)
        let (btf, report) = try converter.convert(UnpackedImage(path: images[0]))
        let bytes = btf.serialized()
        try OutputFile(output).write(bytes)
        if let report { Printing.remark(report.description) }
        Printing.remark("\(btf.typeCount) types, \(readableByteCount(bytes.count)) of BTF")
    }
}

extension BTFSource: ExpressibleByArgument {}
