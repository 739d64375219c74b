/// Takes some records out of a pool, with all that they refer to.
///
/// They come in an order that depends on the records alone, not on what else is in the pool: in the order in which they
/// are asked for, each after what it refers to.
struct PoolPart: ~Copyable {
    /// The records that were taken, as a pool of their own.
    private(set) var pool: TypePool
    /// For each record of the whole pool, its number in the part plus one; 0 for one that was not taken.
    private var places: RawArray<UInt32>
    /// The records that were taken, in the order of their numbers.
    private(set) var taken = RawArray<TypePool.NodeID>()
    private var stack = RawArray<TypePool.NodeID>()

    /// A part of no pool yet.
    init() {
        pool = TypePool()
        places = RawArray()
    }

    /// Starts an empty part of a pool.
    mutating func start(of whole: borrowing TypePool) {
        pool = TypePool(sharing: whole.names)
        places.extend(to: whole.nodes.count)
        places[0] = 1
        taken.append(0)
    }

    /// Gives up the pool, which is done; the memory is used again for the next part.
    mutating func end() -> TypePool {
        let done = pool
        pool = TypePool(sharing: NamePool())
        for index in 0..<taken.count { places[Int(taken[index])] = 0 }
        taken.removeAll()
        return done
    }

    /// The number in the part of a record, which is taken when it has not been taken before.
    mutating func take(_ node: TypePool.NodeID, from whole: borrowing TypePool) -> TypePool.NodeID {
        if places[Int(node)] != 0 { return places[Int(node)] - 1 }
        stack.append(node)
        while stack.count > 0 {
            let top = stack[stack.count - 1]
            if places[Int(top)] != 0 {
                stack.truncate(to: stack.count - 1)
                continue
            }
            let record = whole.nodes[Int(top)]
            let count = stack.count
            if places[Int(record.target)] == 0 { stack.append(record.target) }
            let range = Int(record.firstPart)..<Int(record.firstPart + record.partCount)
            if record.shape != .enumeration {
                for index in range where places[Int(whole.parts[index].type)] == 0 {
                    stack.append(whole.parts[index].type)
                }
            }
            if stack.count > count { continue }
            stack.truncate(to: count - 1)
            add(top, record, range, whole)
        }
        return places[Int(node)] - 1
    }

    /// Counts meetings of a record of the part.
    mutating func addUses(_ count: UInt32, to node: TypePool.NodeID) { pool.addUses(count, to: node) }

    private mutating func add(
        _ node: TypePool.NodeID,
        _ original: TypePool.Node,
        _ range: Range<Int>,
        _ whole: borrowing TypePool
    ) {
        var record = original
        record.firstPart = pool.nextPart
        record.target = places[Int(record.target)] - 1
        for index in range {
            var part = whole.parts[index]
            part.type = places[Int(part.type)] - 1
            pool.append(part)
        }
        taken.append(node)
        places[Int(node)] = UInt32(taken.count)
        pool.append(record)
    }
}
