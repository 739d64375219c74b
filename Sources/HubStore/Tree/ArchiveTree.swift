internal import Foundation
public import KernelIdentity

/// A file of an archive tree that is named like a kernel's.
public struct TreeFile: Hashable, Sendable {
    /// The file's path.
    public let path: String
    /// The kernel that it is named like.
    public let kernel: KernelName
    /// What kind of file its name says it is.
    public let form: KernelFile
}

/// A tree of files in the layout of btfhub-archive: `distribution/version/architecture/release.btf.tar.xz`.
public struct ArchiveTree: Sendable {
    /// The kernels' files, in the order of the kernels' names.
    public let files: [TreeFile]
    /// What is named like no kernel's file, or like one that another file stands for, and why.
    public let passedOver: [(path: String, reason: String)]

    /// Looks through a folder.
    ///
    /// Links to folders are followed, such as `debian/bullseye`, but no folder is looked into twice. A kernel that has
    /// several files is read from the plain one first.
    ///
    /// - Parameter root: the folder.
    /// - Throws: `StoreError.failed` when it is no folder or cannot be read.
    public init(scanning root: String) throws(StoreError) {
        var scan = Scan()
        do { try scan.look(into: root, parts: []) } catch {
            throw .failed(path: root, reason: "it is no folder, or it cannot be read")
        }
        (files, passedOver) = scan.result()
    }
}

/// A walk through the folders of a tree.
private struct Scan {
    private var files: [TreeFile] = []
    private var passedOver: [(path: String, reason: String)] = []
    private var visited: Set<String> = []

    /// Looks into a folder that lies below the root by as many names as there are parts.
    mutating func look(into folder: String, parts: [String]) throws {
        let path = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        guard visited.insert(path).inserted else { return }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }.sorted()
        // What is there itself goes before what leads to it.
        let isLink = names.map { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")) != nil
        }
        let order = names.indices.filter { !isLink[$0] } + names.indices.filter { isLink[$0] }
        for index in order {
            let inner = "\(folder)/\(names[index])"
            if parts.count == 3 {
                take(inner, parts: parts, name: names[index])
            } else if Self.kind(of: inner) == .typeDirectory {
                do { try look(into: inner, parts: parts + [names[index]]) } catch {
                    passedOver.append((inner, "the folder cannot be read"))
                }
            } else if KernelFile.parse(names[index]) != nil {
                passedOver.append((inner, "it does not lie in DISTRIBUTION/VERSION/ARCHITECTURE"))
            }
        }
    }

    private mutating func take(_ path: String, parts: [String], name: String) {
        guard let (release, form) = KernelFile.parse(name) else { return }
        guard Self.kind(of: path) == .typeRegular else {
            passedOver.append((path, "it is no regular file"))
            return
        }
        do {
            let kernel = try KernelName(
                distribution: parts[0],
                version: parts[1],
                architecture: parts[2],
                release: release
            )
            files.append(TreeFile(path: path, kernel: kernel, form: form))
        } catch {
            passedOver.append((path, error.description))
        }
    }

    /// What a path leads to, links followed; nil when it leads nowhere.
    private static func kind(of path: String) -> FileAttributeType? {
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        return (try? FileManager.default.attributesOfItem(atPath: resolved))?[.type] as? FileAttributeType
    }

    /// The files in order, one for each kernel.
    func result() -> ([TreeFile], [(path: String, reason: String)]) {
        let ranks = Dictionary(uniqueKeysWithValues: KernelFile.allCases.enumerated().map { ($1, $0) })
        let sorted = files.sorted { one, other in
            if one.kernel != other.kernel { return one.kernel < other.kernel }
            if one.form != other.form { return ranks[one.form, default: 0] < ranks[other.form, default: 0] }
            return one.path < other.path
        }
        var chosen: [TreeFile] = []
        var passedOver = passedOver
        for file in sorted {
            if let other = chosen.last, other.kernel == file.kernel {
                passedOver.append((file.path, "\(other.path) is the same kernel's"))
            } else {
                chosen.append(file)
            }
        }
        return (chosen, passedOver)
    }
}
