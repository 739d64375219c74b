public import ELF

/// Where the supplementary file of a file's DWARF is looked for.
public enum SupplementaryPlace: Sendable {
    /// Where the file's link leads, from the directory that the file is in.
    case linked
    /// At this path.
    case path(String)
    /// Here.
    case opened(MappedFile)
    /// Nowhere, for this reason, which names what is missing: the file is not on this machine's disk, so that its link
    /// leads nowhere.
    case absent(reason: String)
}

/// The supplementary file that a file's DWARF refers to: what several files have in common, as `dwz -m` moves it out
/// (DWARF 5, section 7.3.6; before that GNU's `.gnu_debugaltlink`).
enum SupplementaryFile: Sendable {
    /// The file refers to none.
    case none
    /// The file, proven to be the one that is meant.
    case found(ELFFile)
    /// Why there is none, as the end of a sentence.
    case missing(reason: String)

    /// Looks for the file that a link names.
    ///
    /// A link is a path, from the directory of the file that holds it where it is not absolute, and a build-id, which
    /// must be the supplementary file's. Nothing is thrown where there is no such file: entries that are converted may
    /// never refer to it.
    ///
    /// - Parameters:
    ///   - elf: the file that may hold a link.
    ///   - place: where the supplementary file is.
    /// - Throws: `ELFError` when the link itself is damaged.
    init(of elf: ELFFile, at place: SupplementaryPlace) throws(ELFError) {
        guard let link = try SupplementaryLink(of: elf) else {
            self = .none
            return
        }
        do throws(ELFError) {
            let candidate: ELFFile
            switch place {
            case .linked: candidate = try ELFFile(path: link.path(from: elf.name))
            case .path(let path): candidate = try ELFFile(path: path)
            case .opened(let file): candidate = try ELFFile(file: file)
            case .absent(let reason):
                self = .missing(reason: "the supplementary file '\(link.name)' is not there (\(reason))")
                return
            }
            if try SupplementaryLink.identity(of: candidate) == link.identity {
                self = .found(candidate)
            } else {
                self = .missing(reason: "\(candidate.name) is another one than the supplementary file that is meant")
            }
        } catch {
            self = .missing(reason: "the supplementary file '\(link.name)' is not there (\(error))")
        }
    }
}
