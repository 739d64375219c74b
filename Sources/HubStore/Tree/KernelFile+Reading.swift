internal import Archive
internal import Foundation
internal import KernelIdentity

extension KernelFile {
    /// The most bytes that the BTF in a file may have.
    static let contentLimit = BTFTable.sizeLimit

    /// Reads the BTF out of a file's bytes.
    ///
    /// - Parameters:
    ///   - bytes: the file's bytes.
    ///   - kernel: the kernel that the file is named like; the member of a tar archive must be named like it too.
    ///   - name: what errors call the file.
    /// - Returns: the BTF, which is not looked at.
    /// - Throws: `ArchiveError` when the file is empty, damaged, or holds anything else than one BTF.
    func decode(_ bytes: [UInt8], of kernel: KernelName, name: String) throws(ArchiveError) -> [UInt8] {
        guard !bytes.isEmpty else { throw ArchiveError(.truncated, at: ArchivePlace(file: name), "the file is empty") }
        switch self {
        case .plain: return bytes
        case .zstandard: return try Compression.zstd.decompress(bytes, limit: Self.contentLimit, name: name)
        case .gzip: return try Compression.gzip.decompress(bytes, limit: Self.contentLimit, name: name)
        case .tarXZ:
            // A tar archive's reader stops at its end, before a cut or a wrong checksum that lies behind that.
            let tar = try Compression.xz.decompress(bytes, limit: Self.contentLimit + 1 << 20, name: name)
            return try Self.onlyMember(ofTar: tar, named: kernel.release + Self.plain.suffix, of: name)
        }
    }

    private static func onlyMember(
        ofTar tar: [UInt8],
        named wanted: String,
        of name: String
    ) throws(ArchiveError) -> [UInt8] {
        let reader = try ArchiveReader(bytes: tar, name: name)
        guard let member = try reader.nextMember() else {
            throw ArchiveError(.damaged, at: ArchivePlace(file: name), "the archive has no member")
        }
        guard member.kind == .file, member.path == wanted else {
            throw ArchiveError(.damaged, at: ArchivePlace(file: name), "its member '\(member.path)' is not '\(wanted)'")
        }
        let contents = try reader.contents(limit: contentLimit)
        if let other = try reader.nextMember() {
            throw ArchiveError(.damaged, at: ArchivePlace(file: name), "it has a second member, '\(other.path)'")
        }
        return contents
    }
}

extension TreeFile {
    /// The file's bytes; none where it cannot be looked at.
    var size: Int {
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        return (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
    }

    /// Reads the file's bytes.
    ///
    /// - Throws: `ArchiveError` when it cannot be read or is larger than any BTF.
    func bytes() throws(ArchiveError) -> [UInt8] {
        let place = ArchivePlace(file: path)
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            let data = try handle.read(upToCount: KernelFile.contentLimit + 1) ?? Data()
            if data.count <= KernelFile.contentLimit { return Array(data) }
        } catch {
            throw ArchiveError(.cannotRead, at: place, "the system refuses")
        }
        throw ArchiveError(.tooLarge, at: place, "is larger than the limit of \(KernelFile.contentLimit) bytes")
    }

    /// The BTF in the file, which is not looked at.
    ///
    /// - Throws: `ArchiveError` when there is none.
    func contents() throws(ArchiveError) -> [UInt8] { try form.decode(bytes(), of: kernel, name: path) }
}
