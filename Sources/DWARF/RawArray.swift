/// A growable array of trivial elements on raw memory, owned by one place.
///
/// The converter's inner loops append to and read from a handful of these for each of millions of entries; an `Array`
/// inside a struct costs uniqueness checks there. Reading is checked against the count, as an array's is.
struct RawArray<Element: BitwiseCopyable>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>
    private var capacity: Int
    private(set) var count: Int

    init(capacity: Int = 64) {
        self.capacity = max(capacity, 1)
        base = .allocate(capacity: self.capacity)
        count = 0
    }

    /// An array of zero bits.
    init(zeroed count: Int) {
        self.init(capacity: count)
        base.withMemoryRebound(to: UInt8.self, capacity: count * MemoryLayout<Element>.stride) {
            $0.update(repeating: 0, count: count * MemoryLayout<Element>.stride)
        }
        self.count = count
    }

    /// A copy of an array.
    init(copying array: [Element]) {
        self.init(capacity: array.count)
        array.withUnsafeBufferPointer { elements in
            if let start = elements.baseAddress { base.update(from: start, count: elements.count) }
        }
        count = array.count
    }

    deinit { base.deallocate() }

    /// The elements as an array.
    func array() -> [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }

    @inline(__always)
    subscript(index: Int) -> Element {
        get {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            return base[index]
        }
        set {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            base[index] = newValue
        }
        _modify {
            precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
            yield &base[index]
        }
    }

    /// The element at an index that is known to be below the count, because nothing else is ever kept as one.
    @inline(__always)
    func element(known index: Int) -> Element {
        assert(index >= 0 && index < count)
        return base[index]
    }

    /// Replaces the element at an index that is known to be below the count.
    @inline(__always)
    mutating func replace(known index: Int, _ element: Element) {
        assert(index >= 0 && index < count)
        base[index] = element
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { grow(to: capacity * 2) }
        base[count] = element
        count &+= 1
    }

    @inline(__always)
    mutating func removeAll() { count = 0 }

    /// Takes the last element off.
    mutating func popLast() -> Element? {
        guard count > 0 else { return nil }
        count -= 1
        return base[count]
    }

    /// The first element.
    var first: Element? { count > 0 ? base[0] : nil }

    /// Drops the elements from an index on.
    mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count)
        self.count = count
    }

    /// Makes the array so many elements of zero bits.
    mutating func reset(zeroed count: Int) {
        removeAll()
        extend(to: count)
    }

    /// Makes the array at least this long; new elements are zero bits.
    mutating func extend(to count: Int) {
        guard count > self.count else { return }
        if count > capacity { grow(to: max(count, capacity * 2)) }
        let bytes = UnsafeMutableRawPointer(base + self.count)
        bytes.initializeMemory(as: UInt8.self, repeating: 0, count: (count - self.count) * MemoryLayout<Element>.stride)
        self.count = count
    }

    @inline(never)
    private mutating func grow(to capacity: Int) {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
        self.capacity = capacity
    }
}
