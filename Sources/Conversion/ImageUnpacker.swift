internal import Archive
internal import BTF
internal import ELF

/// Takes off, layer by layer, what a kernel is packed in.
struct ImageUnpacker {
    /// What was found in some bytes.
    enum Finding {
        /// What was looked for.
        case found(UnpackedImage)
        /// An ELF file with neither DWARF nor BTF.
        case bare(UnpackedImage)
        /// Nothing that could be recognised; the fault says why, where there is more to say.
        case nothing((any Error)?)
    }

    /// How many layers may lie around each other: an `Image.gz` in a zboot image in an `.xz` file makes three.
    static let layerLimit = 4

    /// The bytes that may still come out of streams.
    private var budget: Int
    /// How many streams may still be tried where they are searched for.
    private var attempts = 64

    init(limit: Int) { budget = max(limit, 0) }

    /// Finds the kernel or module in a file.
    ///
    /// - Parameter file: the whole file.
    /// - Returns: what was found in it, which may be an ELF file without types.
    /// - Throws: `ConversionError` or `ELFError`.
    mutating func unpack(_ file: MappedFile) throws -> UnpackedImage {
        let format = file.withBytes { ImageFormat($0.bytes) }
        switch try find(in: file, format, depth: 0) {
        case .found(let image), .bare(let image): return image
        case .nothing(let fault?): throw fault
        case .nothing(nil): throw ConversionError.noKernel(file: file.name, format: format.name)
        }
    }

    private mutating func find(in file: MappedFile, _ format: ImageFormat, depth: Int) throws -> Finding {
        guard depth <= Self.layerLimit else { throw ConversionError.tooManyLayers(file: file.name) }
        switch format {
        case .elf: return try findInELF(file, depth: depth)
        case .btf: return .found(try wholeBTF(file))
        case .compressed(let compression): return try find(inStreamAt: 0, of: file.whole, compression, depth: depth)
        case .bzImage(let payload?), .zboot(let payload, _):
            return try find(inPayload: payload, of: file, format, depth: depth)
        case .arm64Image, .riscvImage: return findTypes(in: file, format)
        case .bzImage(nil), .armZImage, .s390Image, .unknown:
            let flat = findTypes(in: file, format)
            guard case .nothing(let fault) = flat else { return flat }
            let searched = try search(file, format, depth: depth)
            guard case .nothing(nil) = searched else { return searched }
            return .nothing(fault)
        }
    }

    /// Looks for BTF in a kernel as it lies in memory.
    private func findTypes(in file: MappedFile, _ format: ImageFormat) -> Finding {
        switch file.withBytes({ FlatBTF.search($0.bytes) }) {
        case .found(let types):
            return .found(UnpackedImage(name: file.name, header: format.header, contents: .types(types)))
        case .absent: return .nothing(nil)
        case .damaged(let offset, let reason):
            return .nothing(ConversionError.damagedTypes(file: file.name, offset: offset, reason: reason))
        }
    }

    /// Takes a file of BTF as it is.
    private func wholeBTF(_ file: MappedFile) throws -> UnpackedImage {
        guard file.count <= FlatBTF.sizeLimit else {
            let reason = "\(file.count) bytes are above the limit of \(FlatBTF.sizeLimit)"
            throw ConversionError.damagedTypes(file: file.name, offset: 0, reason: reason)
        }
        do {
            let types = try BTF(parsing: file.whole.bytes)
            if let finding = types.verify(limit: 1).first {
                throw ConversionError.invalidTypes(file: file.name, finding)
            }
            return UnpackedImage(name: file.name, header: nil, contents: .types(types))
        } catch let error as BTFError {
            throw ConversionError.damagedTypes(file: file.name, offset: 0, reason: error.description)
        }
    }

    private mutating func findInELF(_ file: MappedFile, depth: Int) throws -> Finding {
        let elf = try ELFFile(file: file)
        let image = UnpackedImage(name: file.name, header: elf.header, contents: .elf(elf))
        if elf.section(named: ".BTF") != nil || elf.debugSection(named: ".debug_info") != nil { return .found(image) }
        // PowerPC's boot wrapper (`arch/powerpc/boot/wrapper`) is an ELF file with the kernel in a section.
        if let section = elf.sections.first(where: { $0.name.hasPrefix(".kernel:") }) {
            let packed = try elf.contents(of: section, limit: budget)
            if let compression = packed.withBytes({ StreamCompression(startOf: $0.bytes) }) {
                return try find(inStreamAt: 0, of: packed, compression, depth: depth)
            }
        }
        return .bare(image)
    }
}

// MARK: - Streams

extension ImageUnpacker {
    /// A stream's contents, and how long the stream is.
    private typealias Stream = (contents: MappedFile, length: Int)

    /// A stream that cannot be decompressed, and how much came out before that was seen.
    private struct StreamFault: Error {
        let error: ArchiveError
        let written: Int
    }

    private mutating func decompress(
        streamAt offset: Int,
        of range: MappedRange,
        _ compression: StreamCompression
    ) throws -> Stream {
        let start = range.bounds.lowerBound + offset
        let place = ArchivePlace(file: range.file.name, offset: UInt64(start))
        let name = "\(range.file.name), \(compression.rawValue) stream at offset 0x\(String(start, radix: 16))"
        var length = 0
        let contents = try MappedFile(name: name, capacity: budget) { target in
            let result = range.withBytes { bytes in
                compression.decompress(bytes.bytes.extracting(droppingFirst: offset), into: target, at: place)
            }
            budget -= result.written
            if let fault = result.fault { throw StreamFault(error: fault, written: result.written) }
            length = result.read
            return result.written
        }
        return (contents, length)
    }

    /// Finds the kernel in a stream that must hold it.
    private mutating func find(
        inStreamAt offset: Int,
        of range: MappedRange,
        _ compression: StreamCompression,
        depth: Int,
        statedSize: UInt32? = nil
    ) throws -> Finding {
        let contents: MappedFile
        do {
            contents = try decompress(streamAt: offset, of: range, compression).contents
        } catch let fault as StreamFault {
            throw ConversionError.payload(fault.error)
        }
        if let statedSize, UInt32(truncatingIfNeeded: contents.count) != statedSize {
            throw ConversionError.payloadSize(file: contents.name, stated: Int(statedSize), actual: contents.count)
        }
        return try find(in: contents, contents.withBytes { ImageFormat($0.bytes) }, depth: depth + 1)
    }

    /// Finds the kernel in the payload that a header tells of.
    private mutating func find(
        inPayload payload: Range<Int>,
        of file: MappedFile,
        _ format: ImageFormat,
        depth: Int
    ) throws -> Finding {
        guard payload.upperBound <= file.count else {
            throw ConversionError.truncatedPayload(file: file.name, payload: payload, count: file.count)
        }
        let range = MappedRange(file: file, bounds: payload)
        if let compression = range.withBytes({ StreamCompression(startOf: $0.bytes) }) {
            let stated = file.withBytes { format.statedSize(of: compression, in: $0.bytes) }
            return try find(inStreamAt: 0, of: range, compression, depth: depth, statedSize: stated)
        }
        if case .zboot(_, let name) = format {
            throw ConversionError.unknownCompression(file: file.name, offset: payload.lowerBound, name: name)
        }
        // A kernel that is not compressed (CONFIG_KERNEL_UNCOMPRESSED).
        guard range.withBytes({ $0.bytes.has("\u{7f}ELF", at: 0) }), payload.count <= budget else {
            return try search(file, format, depth: depth)
        }
        budget -= payload.count
        let name = "\(file.name), ELF file at offset 0x\(String(payload.lowerBound, radix: 16))"
        return try findInELF(try MappedFile(bytes: range.bytes, name: name), depth: depth + 1)
    }

    /// Looks for streams, tries each, and returns the first that holds a kernel with types.
    ///
    /// A stream is looked into, what it covers is not searched again, the number of tries is bounded, and one limit
    /// holds for all that comes out: time and memory are bounded, whatever the bytes.
    private mutating func search(_ file: MappedFile, _ format: ImageFormat, depth: Int) throws -> Finding {
        var bare: Finding?
        var largest: (written: Int, fault: (any Error)?)?
        var offset = 0
        while let (start, compression) = file.nextStream(from: offset) {
            guard attempts > 0 else { throw ConversionError.tooManyStreams(file: file.name, offset: start) }
            attempts -= 1
            offset = start + 1
            var written = 0
            var fault: (any Error)?
            do {
                let stream = try decompress(streamAt: start, of: file.whole, compression)
                offset = start + max(stream.length, 1)
                written = stream.contents.count
                let inner = stream.contents.withBytes { ImageFormat($0.bytes) }
                switch try find(in: stream.contents, inner, depth: depth + 1) {
                case .found(let image): return .found(image.within(format))
                case .bare(let image): bare = bare ?? .bare(image.within(format))
                case .nothing(let reason): fault = reason
                }
            } catch let error as StreamFault {
                fault = ConversionError.payload(error.error)
                // Nothing comes out of LZO here, but nothing else starts as it does.
                written = compression == .lzo ? 1 : error.written
            } catch let error as ConversionError where !error.isLimit {
                fault = error
            } catch let error as ELFError {
                fault = error
            }
            if let error = fault as? ConversionError, error.isLimit { throw error }
            // Bytes that look like a stream and are none give nothing; a header says that there is one.
            guard written > 0 || format != .unknown else { continue }
            if written > largest?.written ?? -1 { largest = (written, fault) }
        }
        return bare ?? .nothing(largest?.fault)
    }
}

extension MappedFile {
    /// The next place at which a stream can start.
    fileprivate func nextStream(from offset: Int) -> (start: Int, compression: StreamCompression)? {
        withBytes { bytes in
            let bytes = bytes.bytes
            for start in offset..<max(bytes.byteCount, offset) {
                let first = bytes.unsafeLoad(fromUncheckedByteOffset: start, as: UInt8.self)
                guard StreamCompression.mayStart(with: first) else { continue }
                let rest = bytes.extracting(droppingFirst: start)
                if let compression = StreamCompression(startOf: rest) { return (start, compression) }
            }
            return nil
        }
    }
}

extension UnpackedImage {
    /// The same, of the machine that the format around it tells, where its own does not.
    fileprivate func within(_ format: ImageFormat) -> UnpackedImage {
        UnpackedImage(name: name, header: header ?? format.header, contents: contents)
    }
}
