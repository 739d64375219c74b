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
    ///
    /// - Parameter memory: what is known of other files, and then of this one too; nil where nothing is to be kept. With
    ///   it, all units are read on one thread. It is empty after an error.
    /// - Returns: what the units hold.
    /// - Throws: `DWARFError` where something is damaged.
    func gather(remembering memory: inout TypeMemory?) throws(DWARFError) -> GatheredTypes {
        var groups = UnitGroups(separate: try unitHeaders())
        var gathered = try gather(groups, &memory)
        if gathered.refersAcross {
            let readers = try sections.readers()
            groups = try report { () throws(Fault) in try UnitGroups(linking: groups, readers, symbols) }
            gathered = try gather(groups, &memory)
        }
        try report { () throws(Fault) in
            var resolver = ConflictResolver(sections, symbols, groups)
            try resolver.resolve(&gathered)
        }
        return gathered
    }

    private func gather(_ groups: UnitGroups, _ memory: inout TypeMemory?) throws(DWARFError) -> GatheredTypes {
        let workers = min(threads, max(groups.groups.count, 1))
        let queue = GroupQueue(count: groups.groups.count, threads: workers)
        if let known = memory.take() {
            var reader = UnitReader(try sections.readers(), symbols, groups, known)
            try report { () throws(Fault) in try read(groups, queue, 0, &reader) }
            var gathered = GatheredTypes()
            gathered.add(reader.found(leaving: &memory))
            return gathered
        }
        if workers == 1 {
            var gathered = GatheredTypes()
            gathered.add(try report { () throws(Fault) in try read(groups, queue, 0) })
            return gathered
        }
        let shared = Mutex(GatheredTypes())
        let failure = Mutex<DWARFError?>(nil)
        DispatchQueue.concurrentPerform(iterations: workers) { thread in
            do throws(DWARFError) {
                let found = try report { () throws(Fault) in try read(groups, queue, thread) }
                shared.withLock { $0.add(found) }
            } catch {
                queue.close()
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
                let (end, sort) = sections.home(ofUnitAt: at)
                let tables = sort == .supplementary ? sections.supplement.abbreviations : 0
                let unit = try UnitHeader(info, at: at, limit: end, sort, tablesFrom: tables)
                units.append(unit)
                at = unit.end
            }
            return units
        }
    }

    private func read(_ groups: UnitGroups, _ queue: borrowing GroupQueue, _ thread: Int) throws(Fault) -> FoundTypes {
        guard let readers = try? sections.readers() else { return FoundTypes() }
        var reader = UnitReader(readers, symbols, groups)
        try read(groups, queue, thread, &reader)
        return reader.found()
    }

    /// Reads groups of units until there is none left, or one refers to another that is not in it.
    private func read(
        _ groups: UnitGroups,
        _ queue: borrowing GroupQueue,
        _ thread: Int,
        _ reader: inout UnitReader
    ) throws(Fault) {
        var part = ReadPart(of: sections.info)
        while let index = queue.next(for: thread) {
            try reader.read(groups.groups[index])
            if reader.refersAcross {
                queue.close()
                break
            }
            reader.closeUnit(index)
            part.add(reader.groupStart..<reader.groupEnd)
        }
        part.giveBack()
    }

    private func report<Result>(_ body: () throws(Fault) -> Result) throws(DWARFError) -> Result {
        do throws(Fault) {
            return try body()
        } catch {
            throw sections.error(error)
        }
    }
}
