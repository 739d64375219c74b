import Foundation

/// The one real kernel that tests use: Debian's current cloud kernel, as scripts/fetch-test-kernel lays it out.
///
/// Tests that need it are enabled by `isPresent`; without a mirror they are skipped, and say so.
public enum RealKernel {
    /// The folder that scripts/fetch-test-kernel fills.
    public static let folder: String = {
        let environment = ProcessInfo.processInfo.environment
        if let folder = environment["BTFHUB_FIXTURES"] { return folder }
        let cache = environment["XDG_CACHE_HOME"] ?? (environment["HOME"] ?? "/root") + "/.cache"
        return cache + "/btf-hub/fixtures"
    }()

    /// Whether the kernel is there.
    public static var isPresent: Bool {
        [vmlinux, package, pahole].allSatisfy { FileManager.default.fileExists(atPath: $0) }
    }

    /// The kernel image with its DWARF.
    public static var vmlinux: String { folder + "/vmlinux" }

    /// The debug package that the image is from.
    public static var package: String { folder + "/package.deb" }

    /// What pahole makes of the image.
    public static var pahole: String { folder + "/pahole.btf" }

    /// What `uname -r` prints on this kernel.
    public static var release: String {
        ((try? String(contentsOfFile: folder + "/release", encoding: .utf8)) ?? "")
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
