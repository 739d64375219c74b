import KernelPackages
import Testing

@Suite("What names in a package tell")
struct PackageNamesTests {
    @Test(
        "A kernel image's path gives the release",
        arguments: [
            ("usr/lib/debug/boot/vmlinux-6.1.0-56-cloud-amd64", "6.1.0-56-cloud-amd64"),
            ("usr/lib/debug/boot/vmlinux-5.4.0-42-generic", "5.4.0-42-generic"),
            ("usr/lib/debug/boot/vmlinux-4.12.14-122.110-default.debug", "4.12.14-122.110-default"),
            ("usr/lib/debug/lib/modules/5.3.7-301.fc31.x86_64/vmlinux", "5.3.7-301.fc31.x86_64"),
            ("usr/lib/debug/usr/lib/modules/6.5.6-300.fc39.x86_64/vmlinux", "6.5.6-300.fc39.x86_64"),
        ]
    )
    func release(path: String, release: String) {
        #expect(KernelImage.release(fromPath: path) == release)
    }

    @Test(
        "Other paths give none",
        arguments: [
            "usr/lib/debug/boot/System.map-6.1.0", "boot/vmlinux-6.1.0",
            "usr/lib/debug/lib/modules/6.1.0/kernel/vmlinux",
            "usr/lib/debug/lib/modules/vmlinux", "usr/lib/debug/vmlinux-1", "", "usr/lib/debug/boot/x/vmlinux-1",
        ]
    )
    func noRelease(path: String) {
        #expect(KernelImage.release(fromPath: path) == nil)
    }

    @Test(
        "A Debian or Ubuntu version may tell the release",
        arguments: [
            ("6.1.192-2", "Debian Kernel Team <debian-kernel@lists.debian.org>", "debian/12"),
            ("6.12.117-1~deb12u1", "Debian Kernel Team <debian-kernel@lists.debian.org>", "debian/12"),
            ("6.1.55-1~bpo11+1", "Debian Kernel Team <debian-kernel@lists.debian.org>", "debian/11"),
            ("4.19.316-1", "Debian Kernel Team <debian-kernel@lists.debian.org>", "debian/10"),
            ("6.9.7-1", "Debian Kernel Team <debian-kernel@lists.debian.org>", nil),
            ("6.1.192-2", "Somebody <somebody@example.org>", nil),
            ("5.4.0-42.46~18.04.1", "Ubuntu Kernel Team <kernel-team@lists.ubuntu.com>", "ubuntu/18.04"),
            ("5.4.0-42.46", "Ubuntu Kernel Team <kernel-team@lists.ubuntu.com>", nil),
        ]
    )
    func debianRelease(version: String, maintainer: String, expected: String?) {
        #expect(PackageDescription.release(version: version, maintainer: maintainer)?.description == expected)
    }

    @Test(
        "An rpm's release tells the distribution where its suffix is one distribution's own",
        arguments: [
            ("301.fc31", "fedora/31"), ("91.76.amzn2", "amzn/2"), ("1902.el7uek", "ol/7"), ("1160.el7", nil),
            ("2", nil),
        ]
    )
    func rpmRelease(release: String, expected: String?) {
        #expect(RPMHeader.distributionRelease(release)?.description == expected)
    }

    @Test("Digests are 64 hexadecimal digits")
    func digest() {
        let text = String(repeating: "0fA5", count: 16)
        #expect(PackageDigest(text)?.description == text.lowercased())
        #expect(PackageDigest(String(text.dropLast())) == nil)
        #expect(PackageDigest(String(text.dropLast()) + "g") == nil)
        #expect(PackageDigest(bytes: [1, 2]) == nil)
    }
}
