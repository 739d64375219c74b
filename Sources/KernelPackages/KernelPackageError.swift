public import Archive

/// Why a package could not be read.
public enum KernelPackageError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file is no package of a known kind.
    case notAPackage(file: String, detail: String)
    /// The package is damaged, ends too early, or cannot be opened.
    case archive(ArchiveError)
    /// What is unpacked cannot be written to the work folder.
    case workFile(directory: String, detail: String)

    /// One sentence that names the file and the place.
    public var description: String {
        switch self {
        case .notAPackage(let file, let detail): "\(file): \(detail)"
        case .archive(let error): error.description
        case .workFile(let directory, let detail):
            "\(directory): no room to unpack a kernel here (\(detail)); name another folder with --work-dir"
        }
    }
}
