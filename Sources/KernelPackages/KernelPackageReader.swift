import Archive
import Glibc

/// Reads a distribution's debug package from front to back and gives out the kernel images and modules in it.
///
/// Nothing but an image or a module itself is written to disk, and the supplementary files of its debug information that
/// stand before it; memory does not grow with the package. A package with no image is an ordinary outcome: `nextImage`
/// then returns nil the first time.
public final class KernelPackageReader {
    /// The kinds of package that can be read.
    public enum Format: Hashable, Sendable {
        /// Debian's and Ubuntu's: `.deb`, `.ddeb`.
        case deb
        /// Red Hat's, SUSE's and others': `.rpm`.
        case rpm

        /// Tells a file's format by its first bytes.
        ///
        /// - Parameter path: the file.
        /// - Returns: nil when it is no package.
        /// - Throws: `KernelPackageError` when it cannot be read.
        public static func detect(_ path: String) throws(KernelPackageError) -> Format? {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw .archive(ArchiveError(.cannotRead, at: ArchivePlace(file: path), systemMessage(errno)))
            }
            defer { close(descriptor) }
            var bytes = [UInt8](repeating: 0, count: 8)
            guard read(descriptor, &bytes, bytes.count) == bytes.count else { return nil }
            if bytes == Array("!<arch>\n".utf8) { return .deb }
            return bytes.starts(with: [0xED, 0xAB, 0xEE, 0xDB]) ? .rpm : nil
        }
    }

    /// What reading may use.
    public struct Options: Hashable, Sendable {
        /// The folder in which images are unpacked, without a name.
        public var workDirectory: String
        /// How many threads may decompress.
        public var threads = 2
        /// The most bytes that an image or a module may have, and that all supplementary files may have together; the
        /// largest known images have 1.5 GB.
        public var imageLimit: UInt64 = 4 << 30

        /// Makes options.
        ///
        /// - Parameter workDirectory: the folder in which images are unpacked.
        public init(workDirectory: String) { self.workDirectory = workDirectory }
    }

    /// What the package says of itself.
    public let description: PackageDescription
    /// Whether modules were passed over on the way to an image; only another reader finds them.
    public private(set) var hasPassedModules = false
    private var isAtEnd = false
    private let path: String
    private let options: Options
    /// The package's own archive; it must outlive the reader of its contents.
    private let package: ArchiveReader
    private let contents: ArchiveReader
    /// The supplementary files that have been passed, by name.
    private var supplements: [String: SupplementaryMember] = [:]
    private var supplementRoom: UInt64

    /// More than any package has; each is an open file.
    private static let supplementCountLimit = 32

    /// Opens a package and reads its description.
    ///
    /// - Parameters:
    ///   - path: the package file.
    ///   - options: what reading may use.
    /// - Throws: `KernelPackageError` when it is no package, or is damaged before its contents begin.
    public init(path: String, options: Options) throws(KernelPackageError) {
        self.path = path
        self.options = options
        supplementRoom = options.imageLimit
        switch try Format.detect(path) {
        case .deb:
            do throws(ArchiveError) {
                package = try ArchiveReader(path: path)
                let control = try Self.controlFile(of: package)
                guard let description = PackageDescription(ControlStanza(control[...])) else {
                    throw ArchiveError(.damaged, at: package.place, "its control file names no package")
                }
                self.description = description
                while true {
                    guard let member = try package.nextMember() else {
                        throw ArchiveError(.truncated, at: ArchivePlace(file: path), "there is no data.tar")
                    }
                    if member.path.hasPrefix("data.tar") { break }
                }
                contents = try ArchiveReader(memberOf: package, threads: options.threads)
            } catch {
                throw .archive(error)
            }
        case .rpm:
            description = try RPMHeader.description(of: path)
            do throws(ArchiveError) {
                package = try ArchiveReader(path: path, threads: options.threads)
            } catch {
                throw .archive(error)
            }
            contents = package
        case nil:
            throw .notAPackage(file: path, detail: "is neither a Debian package nor an rpm")
        }
    }

    /// Reads a Debian package up to its control file.
    private static func controlFile(of package: ArchiveReader) throws(ArchiveError) -> [UInt8] {
        guard let first = try package.nextMember(), first.path == "debian-binary" else {
            throw ArchiveError(.unsupported, at: package.place, "the first member is not debian-binary")
        }
        guard let second = try package.nextMember(), second.path.hasPrefix("control.tar") else {
            throw ArchiveError(.damaged, at: package.place, "the second member is not control.tar")
        }
        let reader = try ArchiveReader(memberOf: package)
        while let member = try reader.nextMember() {
            if member.path == "control" { return try reader.contents(limit: ControlStanzaSplitter.stanzaLimit) }
        }
        throw ArchiveError(.damaged, at: package.place, "there is no control file")
    }

    /// Reads on to the next kernel image and unpacks it.
    ///
    /// - Returns: the image, or nil at the package's end.
    /// - Throws: `KernelPackageError` when the package is damaged or ends too early, or there is no room for the image.
    public func nextImage() throws(KernelPackageError) -> KernelImage? {
        try next { member throws(KernelPackageError) in
            if let release = KernelImage.release(fromPath: member.path) {
                let file = try unpackMember(limit: options.imageLimit).file
                return KernelImage(release: release, memberPath: member.path, file: file)
            }
            if let name = SupplementaryMember.name(fromPath: member.path) { try keepSupplement(member, name) }
            return nil
        }
    }

    /// Finds the supplementary file that images' debug information refers to, as SUSE's packages carry it.
    ///
    /// One that stands before the image that was read last is there already. For another one the package is read on, and
    /// images and modules that are passed then are not given out any more.
    ///
    /// - Parameter name: the file's name, without folders.
    /// - Returns: the file, or nil when the package has none of that name.
    /// - Throws: `KernelPackageError` as `nextImage` does.
    public func supplement(named name: String) throws(KernelPackageError) -> SupplementaryMember? {
        if let known = supplements[name] { return known }
        return try next { member throws(KernelPackageError) in
            guard SupplementaryMember.name(fromPath: member.path) == name else { return nil }
            try keepSupplement(member, name)
            return supplements[name]
        }
    }

    /// Reads on to the next module of a kernel and unpacks it.
    ///
    /// - Parameter release: what `uname -r` prints on the kernel.
    /// - Returns: the module, or nil at the package's end.
    /// - Throws: `KernelPackageError` when the package is damaged or ends too early, or there is no room for the module.
    public func nextModule(of release: String) throws(KernelPackageError) -> KernelModule? {
        try next { member throws(KernelPackageError) in
            guard KernelModule.release(fromPath: member.path) == release else { return nil }
            return KernelModule(memberPath: member.path, file: try unpackMember(limit: options.imageLimit).file)
        }
    }

    /// Reads on to the next file that something can be made of.
    private func next<Value>(
        _ make: (ArchiveMember) throws(KernelPackageError) -> Value?
    ) throws(KernelPackageError) -> Value? {
        while let member = try nextMember() {
            guard member.kind == .file else { continue }
            if let value = try make(member) { return value }
            if KernelModule.release(fromPath: member.path) != nil { hasPassedModules = true }
        }
        return nil
    }

    private func nextMember() throws(KernelPackageError) -> ArchiveMember? {
        guard !isAtEnd else { return nil }
        do throws(ArchiveError) {
            let member = try contents.nextMember()
            isAtEnd = member == nil
            return member
        } catch {
            throw .archive(error)
        }
    }

    private func keepSupplement(_ member: ArchiveMember, _ name: String) throws(KernelPackageError) {
        guard supplements.count < Self.supplementCountLimit else { return }
        let (file, size) = try unpackMember(limit: supplementRoom)
        supplementRoom -= size
        supplements[name] = SupplementaryMember(memberPath: member.path, file: file)
    }

    private func unpackMember(limit: UInt64) throws(KernelPackageError) -> (file: WorkFile, size: UInt64) {
        let file = try WorkFile(in: options.workDirectory)
        var size: UInt64 = 0
        do {
            try contents.readContents(limit: limit) { piece in
                try file.append(piece)
                size += UInt64(piece.byteCount)
            }
        } catch let error as ArchiveError {
            throw .archive(error)
        } catch let error as KernelPackageError {
            throw error
        } catch {
            throw .notAPackage(file: path, detail: "\(error)")
        }
        return (file, size)
    }
}
