internal import Foundation

/// A file that holds a kernel module.
public struct ModuleFile: Hashable, Sendable {
    /// Where the file is.
    public let path: String
    /// The module's name, as the kernel calls it: the file's name without suffixes, hyphens as underscores.
    public let name: String
    /// How many bytes the file has; 0 where that cannot be told.
    let size: UInt64

    /// Names a file that holds a module.
    ///
    /// - Parameter path: the path, which is not looked at further than for its size.
    public init(path: String) {
        self.path = path
        name = Self.moduleName(ofPath: path)
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        size = (attributes?[.size] as? NSNumber)?.uint64Value ?? 0
    }

    /// The name by which the kernel calls a module, such as `nf_conntrack`.
    ///
    /// - Parameter path: the path of the module's file, on disk or in a package.
    /// - Returns: the file's name without suffixes, hyphens as underscores.
    public static func moduleName(ofPath path: String) -> String {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let stem = file.range(of: ".ko").map { file[..<$0.lowerBound] } ?? file[...]
        return String(stem.map { $0 == "-" ? "_" : $0 })
    }

    /// The suffixes of modules' files, as packages and debug packages have them.
    private static let suffixes = ["", ".debug"].flatMap { kind in
        ["", ".gz", ".xz", ".zst"].map { ".ko" + kind + $0 }
    }

    /// The modules that some paths stand for: a file is one, and a folder stands for all in it and below.
    ///
    /// - Parameter paths: files and folders; links in folders are not followed.
    /// - Returns: the modules, in the order of the paths, those of a folder by their own.
    public static func find(in paths: [String]) -> [ModuleFile] {
        paths.flatMap { path in
            guard isFolder(path) else { return [ModuleFile(path: path)] }
            let below = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
            let folder = path.hasSuffix("/") ? path : path + "/"
            return below.filter { name in suffixes.contains { name.hasSuffix($0) } }.sorted()
                .map { ModuleFile(path: folder + $0) }
        }
    }

    /// Whether a path is that of a folder.
    public static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
