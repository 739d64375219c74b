import BTF
import CommandSupport
import ELF
import Minimizer

/// Reads a whole file.
func readFile(_ path: String) throws -> [UInt8] {
    let file = try MappedFile(path: path)
    return file.withBytes { Array($0) }
}

/// Reads a file of raw BTF, or the .BTF section of an ELF file, and names the file when it is no BTF.
func readBTF(_ path: String, base: BTF? = nil) throws -> BTF {
    let file = try MappedFile(path: path)
    do {
        return try file.withBytes { bytes in
            try bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46])
                ? BTF(parsing: embeddedBTF(path), base: base) : BTF(parsing: bytes.bytes, base: base)
        }
    } catch let error as BTFError {
        throw CommandFailure(.badInput, "\(path): \(error)")
    }
}

/// Reads the types of a kernel and of modules from files.
func readKernel(_ path: String, modules: [String]) throws -> KernelTypes {
    let vmlinux = try readBTF(path)
    let modules = try modules.map {
        KernelTypes.Module(name: moduleName(of: $0), types: try readBTF($0, base: vmlinux))
    }
    return KernelTypes(vmlinux: vmlinux, modules: modules)
}

/// `/some/where/nf_conntrack.btf` is the module nf_conntrack.
private func moduleName(of path: String) -> String {
    let file = path.split(separator: "/").last ?? Substring(path)
    return String(file.split(separator: ".").first ?? file)
}

private func embeddedBTF(_ path: String) throws -> [UInt8] {
    let file = try ELFFile(path: path)
    guard let section = file.section(named: ".BTF") else {
        throw CommandFailure(.badInput, "\(path) has no .BTF section; 'hubctl convert' makes BTF from DWARF")
    }
    return try file.contents(of: section).bytes
}
