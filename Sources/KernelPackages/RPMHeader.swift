import Archive
import Glibc

/// The tags at the front of an rpm that say what it is.
///
/// Source: the RPM v4 package format (lead, signature header, header). Each header has a magic, the number of index
/// entries and the length of its store, all big-endian; each entry has tag, type, offset and count.
package struct RPMHeader {
    private let index: ArraySlice<UInt8>
    private let store: ArraySlice<UInt8>

    private static let leadLength = 96
    private static let introLength = 16
    private static let entryLength = 16
    private static let magic: [UInt8] = [0x8E, 0xAD, 0xE8, 0x01]
    /// The most bytes that the headers may have; a kernel-debuginfo's file list makes them large.
    private static let sizeLimit = 64 << 20

    private enum Tag: UInt32 {
        case name = 1000
        case version = 1001
        case release = 1002
        case architecture = 1022
    }

    /// Reads what an rpm says of itself.
    static func description(of path: String) throws(KernelPackageError) -> PackageDescription {
        let bytes = try front(of: path)
        guard let signature = RPMHeader(bytes, at: leadLength),
            let header = RPMHeader(bytes, at: (signature.store.endIndex + 7) & ~7),
            let name = header.text(.name), let version = header.text(.version), let release = header.text(.release),
            let architecture = header.text(.architecture)
        else {
            let place = ArchivePlace(file: path, offset: UInt64(leadLength))
            throw .archive(ArchiveError(.damaged, at: place, "the rpm's header is not whole"))
        }
        return PackageDescription(
            name: name,
            version: "\(version)-\(release)",
            architecture: architecture,
            release: distributionRelease(release)
        )
    }

    /// Tells the distribution by the release's suffix: `.fc31`, `.el8`, `.amzn2`; `el` with `uek` is Oracle's.
    package static func distributionRelease(_ release: String) -> DistributionRelease? {
        if let number = release.firstMatch(of: /\.fc(\d+)/)?.output.1 {
            return DistributionRelease(distribution: "fedora", version: String(number))
        }
        if let number = release.firstMatch(of: /\.amzn(\d+)/)?.output.1 {
            return DistributionRelease(distribution: "amzn", version: number == "1" ? "2018" : String(number))
        }
        if let number = release.firstMatch(of: /\.el(\d+)(?:_\d+)?uek/)?.output.1 {
            return DistributionRelease(distribution: "ol", version: String(number))
        }
        return nil
    }

    /// Finds the header at an offset; nil when it does not lie whole in the bytes.
    private init?(_ bytes: [UInt8], at start: Int) {
        guard bytes.count - start >= Self.introLength, bytes[start...].starts(with: Self.magic) else { return nil }
        let entries = Int(Self.number(bytes[(start + 8)...]))
        let storeLength = Int(Self.number(bytes[(start + 12)...]))
        let indexStart = start + Self.introLength
        let storeStart = indexStart + entries * Self.entryLength
        guard bytes.count - storeStart >= storeLength else { return nil }
        index = bytes[indexStart..<storeStart]
        store = bytes[storeStart..<(storeStart + storeLength)]
    }

    private func text(_ tag: Tag) -> String? {
        for start in stride(from: index.startIndex, to: index.endIndex, by: Self.entryLength)
        where Self.number(index[start...]) == tag.rawValue {
            let offset = Int(Self.number(index[(start + 8)...]))
            guard offset < store.count else { return nil }
            let text = store[(store.startIndex + offset)...].prefix { $0 != 0 }
            return String(decoding: text, as: UTF8.self)
        }
        return nil
    }

    /// A big-endian number; the slice has at least four bytes.
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads the file's front, as far as both headers reach.
    private static func front(of path: String) throws(KernelPackageError) -> [UInt8] {
        let place = ArchivePlace(file: path)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .archive(ArchiveError(.cannotRead, at: place, systemMessage(errno))) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 256 * 1024)
        while bytes.count < sizeLimit {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .archive(ArchiveError(.cannotRead, at: place, systemMessage(errno))) }
            bytes += piece[..<count]
            let signature = RPMHeader(bytes, at: leadLength)
            let header = signature.flatMap { RPMHeader(bytes, at: ($0.store.endIndex + 7) & ~7) }
            if count == 0 || header != nil { break }
        }
        return bytes
    }
}
