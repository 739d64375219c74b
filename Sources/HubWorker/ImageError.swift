/// Why a file from disk cannot be taken as a kernel.
public enum ImageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Its name as a kernel is not known; the list has what is missing.
    case unnamed(file: String, missing: [String])
    /// It is neither a package nor an ELF file.
    case unknownFile(String)
    /// The BTF of its modules has more bytes than are kept.
    case tooManyModules(String)

    /// One sentence that names the file and says what to do.
    public var description: String {
        switch self {
        case .unnamed(let file, let missing):
            "\(file) does not say which kernel it is; give \(missing.joined(separator: ", ")) (in a job: distribution, version)"
        case .tooManyModules(let file): "\(file) has modules with more than a gigabyte of BTF, which no kernel has"
        case .unknownFile(let file): "\(file) is neither a Debian package, an rpm nor an ELF file"
        }
    }
}
