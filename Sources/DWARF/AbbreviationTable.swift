/// The abbreviations of one unit, by code; the memory is used again for the next unit. Of units that are read together,
/// the tables are kept side by side.
struct AbbreviationTable: ~Copyable {
    private var plans = RawArray<AbbreviationPlan>(capacity: 256)
    /// All abbreviations of all units.
    private(set) var compiled = CompiledAbbreviations()
    /// Whether an entry may refer to an entry of another unit.
    private(set) var hasForeignReferences = false
    /// Whether an entry may be an annotation.
    private(set) var hasAnnotations = false
    /// Whether an entry may refer to one, as gcc's do.
    private(set) var hasAnnotationChains = false
    /// What was compiled last, so that units which share a table share the work.
    private var loaded = Identity()
    /// The other tables of units that are read together.
    private var kept: [Identity: Shelf] = [:]
    private var keptPlans = 0

    /// What a table is compiled for.
    private struct Identity: Hashable {
        var offset = -1
        var version: UInt8 = 0
        var addressSize: UInt8 = 0
        var offsetSize: UInt8 = 0
    }

    /// Where a table is while another one is used.
    private final class Shelf {
        var plans = RawArray<AbbreviationPlan>()
        var hasForeignReferences = false
        var hasAnnotations = false
        var hasAnnotationChains = false
    }

    init() { plans.append(AbbreviationPlan()) }

    /// Codes beyond this one are refused: compilers number from 1 on.
    static let codeLimit: UInt64 = 1 << 18
    /// With so many plans, tables are not kept any longer.
    static let keptPlanLimit = 1 << 20

    /// The plan for a code; one of role `missing` when the table has none.
    @inline(__always)
    func plan(_ code: UInt64) -> AbbreviationPlan { plans.element(known: place(code)) }

    /// The role in the plan for a code: most that is decided by it needs little or nothing else of the plan.
    @inline(__always)
    func role(_ code: UInt64) -> AbbreviationPlan.Role { plans.element(known: place(code)).role }

    @inline(__always)
    private func place(_ code: UInt64) -> Int {
        // Code 0 ends a list of entries, so that place 0 is free to stand for all codes that are missing.
        code < UInt64(plans.count) ? Int(truncatingIfNeeded: code) : 0
    }

    /// Compiles a unit's table.
    ///
    /// - Parameters:
    ///   - unit: the unit.
    ///   - section: .debug_abbrev.
    ///   - keepingOthers: whether the tables that are there will be wanted again.
    /// - Throws: `Fault` where the table is damaged.
    mutating func load(for unit: UnitHeader, from section: Bytes, keepingOthers: Bool) throws(Fault) {
        let wanted = Identity(
            offset: unit.abbreviations,
            version: unit.version,
            addressSize: unit.addressSize,
            offsetSize: unit.offsetSize
        )
        if wanted == loaded { return }
        if keepingOthers {
            shelve()
            if let shelf = kept.removeValue(forKey: wanted) {
                exchange(with: shelf)
                keptPlans -= plans.count
                loaded = wanted
                return
            }
        } else if !kept.isEmpty {
            kept = [:]
            keptPlans = 0
        }
        if compiled.isFull {
            compiled.removeAll()
            kept = [:]
            keptPlans = 0
        }
        compiled.prepare(for: unit)
        guard unit.abbreviations >= 0, unit.abbreviations < section.count else {
            throw Fault(.abbreviationOffset(UInt64(unit.abbreviations)), at: unit.start)
        }
        loaded = Identity()
        plans.removeAll()
        plans.append(AbbreviationPlan())
        hasForeignReferences = false
        hasAnnotations = false
        hasAnnotationChains = false
        var at = unit.abbreviations
        do throws(Fault) {
            while true {
                let code = try section.uleb(&at, end: section.count)
                if code == 0 { break }
                // As many as there are bytes: a table that is small must not lead to one that is large.
                guard code <= min(AbbreviationTable.codeLimit, UInt64(section.count)) else {
                    throw Fault(.abbreviationCode(code), at: at)
                }
                plans.extend(to: Int(code) + 1)
                let plan = try compiled.plan(unit, section, &at)
                plans[Int(code)] = plan
                if plan.flags.contains(.hasForeignReference) { hasForeignReferences = true }
                if plan.role == .annotation { hasAnnotations = true }
                if plan.flags.contains(.hasAnnotationChain) { hasAnnotationChains = true }
            }
        } catch {
            throw Fault(error.reason, .abbreviations, at: error.offset)
        }
        loaded = wanted
    }

    /// Forgets all tables, which were another file's.
    mutating func forget() {
        loaded = Identity()
        kept = [:]
        keptPlans = 0
    }

    /// Puts the present table aside.
    private mutating func shelve() {
        if loaded == Identity() { return }
        if keptPlans > AbbreviationTable.keptPlanLimit {
            kept = [:]
            keptPlans = 0
        }
        let shelf = Shelf()
        keptPlans += plans.count
        exchange(with: shelf)
        kept[loaded] = shelf
        loaded = Identity()
    }

    private mutating func exchange(with shelf: Shelf) {
        swap(&plans, &shelf.plans)
        swap(&hasForeignReferences, &shelf.hasForeignReferences)
        swap(&hasAnnotations, &shelf.hasAnnotations)
        swap(&hasAnnotationChains, &shelf.hasAnnotationChains)
    }
}
