import BTF
import DWARF
import ELF
import Foundation
import TestSupport

/// A compiler with the options that choose how it writes debug information.
struct Toolchain: Hashable, Sendable, CustomStringConvertible {
    let compiler: String
    let options: [String]

    var description: String { ([compiler] + options).joined(separator: " ") }

    /// The compilers that are installed, each with the versions of DWARF that kernels are built with.
    static let all: [Toolchain] = ["gcc", "clang", "clang-16"].filter { Tool.path(of: $0) != nil }.flatMap { compiler in
        ["-gdwarf-4", "-gdwarf-5"].map { Toolchain(compiler: compiler, options: [$0]) }
    }

    /// Rarer ways to write the same.
    static let rare: [Toolchain] = [
        Toolchain(compiler: "gcc", options: ["-gdwarf-2"]),
        Toolchain(compiler: "gcc", options: ["-gdwarf-3"]),
        Toolchain(compiler: "gcc", options: ["-gdwarf-3", "-gstrict-dwarf"]),
        Toolchain(compiler: "gcc", options: ["-gdwarf-2", "-m32"]),
        Toolchain(compiler: "gcc", options: ["-gdwarf-5", "-gdwarf64"]),
        Toolchain(compiler: "gcc", options: ["-gdwarf-4", "-gz"]),
        Toolchain(compiler: "gcc", options: ["-gdwarf-5", "-O0"]),
        Toolchain(compiler: "gcc", options: ["-gdwarf-5", "-m32"]),
    ]

    static let usual = Toolchain(compiler: "gcc", options: ["-gdwarf-5"])
}

/// Makes the files that tests work on, out of the C sources in Fixtures/.
enum Workshop {
    /// The folder of sources.
    static var fixtures: URL {
        Bundle.module.resourceURL?.appendingPathComponent("Fixtures") ?? URL(fileURLWithPath: "Fixtures")
    }

    /// Compiles sources and links them as a kernel is linked.
    ///
    /// - Parameters:
    ///   - sources: the sources' names, in the order in which they are linked.
    ///   - toolchain: what compiles them.
    ///   - directory: where the result goes.
    /// - Returns: the path of the linked file.
    /// - Throws: what a tool that fails throws.
    static func build(
        _ sources: [String] = ["shapes.c", "other.c"],
        with toolchain: Toolchain,
        in directory: TemporaryDirectory
    ) throws -> String {
        let is32Bit = toolchain.options.contains("-m32")
        var objects: [String] = []
        for source in sources {
            let object = directory.path(source + ".o")
            try Tool.run(
                toolchain.compiler,
                ["-w", "-O2", "-fno-pie", "-ffreestanding"] + toolchain.options + ["-c", source, "-o", object],
                in: fixtures
            )
            try Corpus.keep(fileAt: object, for: .elf)
            objects.append(object)
        }
        let linked = directory.path("linked")
        let emulation = is32Bit ? ["-m", "elf_i386"] : []
        try Tool.run("ld", emulation + ["-T", "kernel.ld", "-o", linked] + objects, in: fixtures)
        return linked
    }

    /// Compiles sources and puts them together as a kernel module is: relocatable.
    static func module(
        _ sources: [String] = ["module.c", "part.c"],
        with toolchain: Toolchain,
        in directory: TemporaryDirectory
    ) throws -> String {
        let objects = try sources.map { source in
            let object = directory.path(source + ".o")
            let options = ["-w", "-O2", "-fno-pie", "-ffreestanding"] + toolchain.options
            try Tool.run(toolchain.compiler, options + ["-c", source, "-o", object], in: fixtures)
            return object
        }
        let module = directory.path("module.ko")
        let emulation = toolchain.options.contains("-m32") ? ["-m", "elf_i386"] : []
        try Tool.run("ld", emulation + ["-r", "-o", module] + objects)
        try Corpus.keep(fileAt: module, for: .elf)
        return module
    }

    /// What pahole makes of a file, in canonical form; split over a base where there is one.
    static func pahole(
        _ path: String,
        over base: BTF? = nil,
        features: [String] = ["--btf_gen_floats"],
        in directory: TemporaryDirectory
    ) throws -> BTF {
        let output = directory.path("pahole.btf")
        // pahole does not cut off what a file had before.
        try? FileManager.default.removeItem(atPath: output)
        var options = ["-j1", "--btf_encode_detached=\(output)"] + features
        if let base {
            let file = directory.path("base.btf")
            try Data(base.serialized()).write(to: URL(fileURLWithPath: file))
            options.append("--btf_base=\(file)")
        }
        try Tool.run("pahole", options + [path])
        return try BTF(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: output))), base: base).canonicalized()
    }

    /// What this project makes of a file.
    static func convert(_ path: String, _ options: DWARFConverter.Options = .init()) throws -> BTF {
        try DWARFConverter(options: options).convert(try ELFFile(path: path)).btf
    }
}

extension BTF {
    /// A line for each type, its references as names, so that a difference can be read.
    var lines: Set<String> {
        Set(
            ids.map { id in
                let type = self[id]
                return switch type {
                case .composite(let composite):
                    "\(kind(of: id)) \(string(at: composite.name)) size \(composite.size) "
                        + composite.members.map {
                            "\(string(at: $0.name)):\(word($0.type))@\($0.bitOffset)/\($0.bitfieldSize)"
                        }.joined(separator: " ")
                case .enumeration(let enumeration):
                    "\(kind(of: id)) \(string(at: enumeration.name)) size \(enumeration.size) "
                        + "signed \(enumeration.isSigned) "
                        + enumeration.enumerators.map { "\(string(at: $0.name))=\($0.value)" }.joined(separator: " ")
                case .functionPrototype(let prototype):
                    "FUNC_PROTO \(word(prototype.result)) "
                        + prototype.parameters.map { "\(string(at: $0.name)):\(word($0.type))" }.joined(separator: " ")
                case .dataSection(let section):
                    "DATASEC \(string(at: section.name)) size \(section.size) "
                        + section.entries.map { "\(word($0.variable))@\($0.offset)/\($0.size)" }.joined(separator: " ")
                case .array(let array): "ARRAY \(word(array.element)) \(array.count) by \(word(array.index))"
                case .function(let function): "FUNC \(string(at: function.name)) \(word(function.prototype))"
                case .int(let int): "INT \(string(at: int.name)) \(int.size) \(int.encoding.rawValue) \(int.bits)"
                case .variable(let variable):
                    "VAR \(string(at: variable.name)) \(word(variable.type)) \(variable.linkage.rawValue)"
                default: word(id)
                }
            }
        )
    }

    /// A type in few words, its references followed as far as they have no name.
    private func word(_ id: TypeID, depth: Int = 0) -> String {
        if id == .void { return "void" }
        let header = header(of: id)
        let own = "\(header.kind.standardName) \(string(at: header.name))"
        if depth > 5 || (!header.name.isEmpty && depth > 0) { return own }
        return switch self[id] {
        case .pointer(let target), .const(let target), .volatile(let target), .restrict(let target):
            "\(own)-> \(word(target, depth: depth + 1))"
        case .typedef(_, let target): "\(own)-> \(word(target, depth: depth + 1))"
        default: own
        }
    }
}
