import Dispatch
import Synchronization

/// Reads all units of a file, on one thread or several, into one pool.
struct UnitGathering {
    private let sections: DebugSections
    private let symbols: SymbolIndex
    private let threads: Int

    init(_ sections: DebugSections, _ symbols: SymbolIndex, threads: Int) {
        self.sections = sections
        self.symbols = symbols
        self.threads = threads
    }

    /// Reads all units.
    ///
    /// Which thread reads which unit is left to chance; what comes out depends on the units alone, because what the
    /// threads have found is put together by content.
    func gather() throws(DWARFError) -> GatheredTypes {
        let units = try unitHeaders()
        let workers = min(threads, max(units.count, 1))
        if workers == 1 {
            var gathered = GatheredTypes()
            let next = Atomic(0)
            gathered.add(try report { () throws(Fault) in try read(units, next) })
            return gathered
        }
        let next = Atomic(0)
        let shared = Mutex(GatheredTypes())
        let failure = Mutex<DWARFError?>(nil)
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            do throws(DWARFError) {
                let found = try report { () throws(Fault) in try read(units, next) }
                shared.withLock { $0.add(found) }
            } catch {
                next.store(units.count, ordering: .relaxed)
                failure.withLock { first in
                    if (first?.offset ?? .max) > (error.offset ?? 0) { first = error }
                }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
        return shared.withLock { $0 }
    }

    /// Every unit's header, in file order.
    private func unitHeaders() throws(DWARFError) -> [UnitHeader] {
        let info = try sections.readers().info
        return try report { () throws(Fault) in
            var units: [UnitHeader] = []
            var at = 0
            while at < info.count {
                let unit = try UnitHeader(info, at: at)
                units.append(unit)
                at = unit.end
            }
            return units
        }
    }

    /// Reads units until there is none left.
    private func read(_ units: [UnitHeader], _ next: borrowing Atomic<Int>) throws(Fault) -> FoundTypes {
        guard let readers = try? sections.readers(), let first = units.first else { return FoundTypes() }
        var reader = UnitReader(readers, symbols, first: first)
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < units.count else { break }
            let unit = units[index]
            try reader.read(unit)
            // Whole pages only would leave one or two of every unit behind; a page too many just comes back.
            sections.info.discard(unit.start - 4096..<unit.end + 4096)
        }
        return reader.found()
    }

    private func report<Result>(_ body: () throws(Fault) -> Result) throws(DWARFError) -> Result {
        do throws(Fault) {
            return try body()
        } catch {
            throw error.error(in: sections.file)
        }
    }
}

/// What one thread has found.
struct FoundTypes: Sendable {
    var pool = TypePool()
    var functions: [FoundFunction] = []
    var variables: [FoundVariable] = []
    var counts = UnitCounts()
}

extension UnitReader {
    /// What has been found, to be put together with that of other threads.
    consuming func found() -> FoundTypes {
        known.forEach { pool.addUses($0.uses, to: $0.value) }
        return FoundTypes(pool: pool, functions: functions, variables: variables, counts: counts)
    }
}

/// What all threads have found, and what becomes of it.
struct GatheredTypes: Sendable {
    private(set) var pool = TypePool()
    private(set) var functions: [FoundFunction] = []
    private(set) var variables: [FoundVariable] = []
    private(set) var counts = UnitCounts()

    /// Adds what a thread has found.
    mutating func add(_ found: FoundTypes) {
        counts.add(found.counts)
        if pool.nodes.count == 1 {
            pool = found.pool
            functions = found.functions
            variables = found.variables
            return
        }
        let mapping = pool.merge(found.pool)
        for var function in found.functions {
            function.name = mapping.names[Int(function.name)]
            function.prototype = mapping.nodes[Int(function.prototype)]
            functions.append(function)
        }
        for var variable in found.variables {
            variable.name = mapping.names[Int(variable.name)]
            variable.type = mapping.nodes[Int(variable.type)]
            variables.append(variable)
        }
    }

    /// Settles what is written: which definition each name stands for, which functions, which variables.
    func settle(_ symbols: SymbolIndex) -> Emission {
        var emission = Emission()
        keepFunctions(&emission)
        keepVariables(symbols, &emission)
        bind(&emission)
        return emission
    }

    /// Functions are kept when all units agree on their prototype.
    private func keepFunctions(_ emission: inout Emission) {
        let sorted = functions.sorted { ($0.name, $0.prototype) < ($1.name, $1.prototype) }
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, sorted[end].name == sorted[start].name { end += 1 }
            if sorted[end - 1].prototype == sorted[start].prototype {
                emission.functions.append(sorted[start])
            } else {
                emission.inconsistentFunctions += 1
            }
            start = end
        }
    }

    private func keepVariables(_ symbols: SymbolIndex, _ emission: inout Emission) {
        let sorted = variables.sorted {
            ($0.address, pool.names.fingerprint($0.name), pool.nodes[Int($0.type)].fingerprint)
                < ($1.address, pool.names.fingerprint($1.name), pool.nodes[Int($1.type)].fingerprint)
        }
        for variable in sorted {
            if let last = emission.variables.last, last.found.address == variable.address { continue }
            let name = pool.names.fingerprint(variable.name)
            guard let symbol = symbols.perCPU[variable.address]?.first(where: { $0.name == name }) else { continue }
            emission.variables.append(PlacedVariable(found: variable, size: symbol.size))
        }
    }

    private func bind(_ emission: inout Emission) {
        var bindings = [TypePool.NodeID](repeating: 0, count: pool.nodes.count)
        for (index, node) in pool.nodes.enumerated() where node.uses > 0 { bindings[index] = UInt32(index) }
        for function in emission.functions { bindings[Int(function.prototype)] = function.prototype }
        for (index, node) in pool.nodes.enumerated() where node.uses > 0 && node.shape.isDefinition && node.target != 0
        {
            let nominal = Int(node.target)
            let current = pool.nodes[Int(bindings[nominal])]
            guard bindings[nominal] != 0, bindings[nominal] != UInt32(nominal) else {
                bindings[nominal] = UInt32(index)
                continue
            }
            emission.conflictedNames.insert(node.target)
            if (current.uses, current.fingerprint) < (node.uses, node.fingerprint) { bindings[nominal] = UInt32(index) }
        }
        emission.bindings = bindings
    }
}

extension TypePool.Shape {
    /// Whether a record of this shape can define a name.
    var isDefinition: Bool { self == .structure || self == .union || self == .enumeration }
}

/// What is written.
struct Emission {
    var bindings: [TypePool.NodeID] = []
    var functions: [FoundFunction] = []
    var variables: [PlacedVariable] = []
    /// Names, as nominal records, that have more than one definition.
    var conflictedNames: Set<TypePool.NodeID> = []
    var inconsistentFunctions = 0
}
