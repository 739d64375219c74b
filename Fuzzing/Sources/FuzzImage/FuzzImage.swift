import BTF
import Conversion
import ELF
import FuzzSupport

/// Any bytes as a boot image: what it is packed in, and the BTF in it.
@main enum FuzzImage {
    static func main() {
        FuzzTarget.run { data, size in
            guard let file = try? MappedFile(bytes: FuzzTarget.bytes(data, size), name: "input"),
                let image = try? UnpackedImage(file, limit: 16 << 20)
            else { return 0 }
            _ = try? image.buildID()
            if let types = try? ImageConverter(source: .btf).convert(image).btf { Properties.checkWritten(types) }
            return 0
        }
    }
}
