/// The abbreviations of one unit, compiled; the memory is used again for the next unit. Of units that are read together,
/// the tables are kept side by side.
struct AbbreviationTable: ~Copyable {
    private var plans = RawArray<AbbreviationPlan>(capacity: 256)
    private(set) var steps = RawArray<DecodeStep>(capacity: 2048)
    private(set) var runs = RawArray<SkipRun>(capacity: 512)
    private(set) var constants = RawArray<Int64>(capacity: 256)
    /// Whether an entry may refer to an entry of another unit.
    private(set) var hasForeignReferences = false
    /// Whether an entry may be an annotation.
    private(set) var hasAnnotations = false
    /// Whether an entry may refer to one, as gcc's do.
    private(set) var hasAnnotationChains = false
    /// By attribute and form, for units of the present version and sizes.
    private var knownSteps = RawArray<DecodeStep>(zeroed: 1 << 14)
    private var stepIsKnown = RawArray<Bool>(zeroed: 1 << 14)
    private var stepsVersion: UInt8 = 0
    private var stepsAddressSize: UInt8 = 0
    private var stepsOffsetSize: UInt8 = 0
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

    /// Where a table's parts are while another one is used.
    private final class Shelf {
        var plans = RawArray<AbbreviationPlan>()
        var steps = RawArray<DecodeStep>()
        var runs = RawArray<SkipRun>()
        var constants = RawArray<Int64>()
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
    func plan(_ code: UInt64) -> AbbreviationPlan {
        // Code 0 ends a list of entries, so that place 0 is free to stand for all codes that are missing.
        plans.element(known: code < UInt64(plans.count) ? Int(truncatingIfNeeded: code) : 0)
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
        if (stepsVersion, stepsAddressSize, stepsOffsetSize) != (unit.version, unit.addressSize, unit.offsetSize) {
            (stepsVersion, stepsAddressSize, stepsOffsetSize) = (unit.version, unit.addressSize, unit.offsetSize)
            stepIsKnown.reset(zeroed: 1 << 14)
        }
        guard unit.abbreviations >= 0, unit.abbreviations < section.count else {
            throw Fault(.abbreviationOffset(UInt64(unit.abbreviations)), at: unit.start)
        }
        loaded = Identity()
        plans.removeAll()
        steps.removeAll()
        runs.removeAll()
        constants.removeAll()
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
                let plan = try compile(unit, section, &at)
                plans[Int(code)] = plan
                if plan.flags.contains(.hasForeignReference) { hasForeignReferences = true }
                if plan.role == .annotation { hasAnnotations = true }
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
        swap(&steps, &shelf.steps)
        swap(&runs, &shelf.runs)
        swap(&constants, &shelf.constants)
        swap(&hasForeignReferences, &shelf.hasForeignReferences)
        swap(&hasAnnotations, &shelf.hasAnnotations)
        swap(&hasAnnotationChains, &shelf.hasAnnotationChains)
    }

    /// The step for an attribute in a form; worked out once for each pair of small numbers.
    private mutating func step(
        _ attribute: UInt64,
        _ form: UInt64,
        _ unit: UnitHeader,
        at offset: Int
    ) throws(Fault) -> DecodeStep {
        let isSmall = attribute < 256 && form < 64
        let place = isSmall ? Int(attribute &<< 6 | form) : 0
        if isSmall, stepIsKnown[place] { return knownSteps[place] }
        var step = try DecodeStep(form: form, unit: unit, at: offset)
        step.slot = DecodeStep.Slot(attribute: attribute, form: form)
        if isSmall {
            stepIsKnown[place] = true
            knownSteps[place] = step
        }
        return step
    }

    /// Compiles one abbreviation, from its tag on.
    private mutating func compile(
        _ unit: UnitHeader,
        _ section: Bytes,
        _ at: inout Int
    ) throws(Fault) -> AbbreviationPlan {
        let end = section.count
        var plan = AbbreviationPlan()
        plan.role = AbbreviationPlan.Role(tag: try section.uleb(&at, end: end))
        plan.firstStep = UInt32(steps.count)
        plan.firstRun = UInt32(runs.count)
        guard at < end else { throw Fault(.truncated, at: at) }
        if section.byte(at) != 0 { plan.flags.insert(.hasChildren) }
        at += 1
        var layout = FixedLayout()
        var run = 0
        while true {
            let start = at
            let attribute = try section.uleb(&at, end: end)
            let form = try section.uleb(&at, end: end)
            if attribute == 0, form == 0 { break }
            var step = try step(attribute, form, unit, at: start)
            if !plan.role.needs(step.slot) { step.slot = .none }
            if unit.sort == .supplementary {
                guard let slot = step.slot.inSupplement, step.encoding != .indirect else {
                    throw Fault(.form(form), at: start)
                }
                step.slot = slot
            }
            if step.slot.isAnnotation { hasAnnotationChains = true }
            if step.slot.mayLeaveUnit(form) { plan.flags.insert(.hasForeignReference) }
            var constant: Int64 = 1
            if form == Form.implicitConst { constant = try section.sleb(&at, end: end) }
            if step.encoding == .constant, step.slot != .none {
                step.constant = UInt32(constants.count)
                constants.append(constant)
            }
            if let run = layout.add(step, constant, to: &plan) { runs.append(run) }
            if step.encoding == .constant, step.slot == .none { continue }
            if step.encoding == .fixed, step.slot == .none || step.width > 8 {
                run += Int(step.width)
                guard run <= Int(UInt16.max) - 255 else { throw Fault(.truncated, at: at) }
                continue
            }
            step.skip = UInt16(run)
            run = 0
            steps.append(step)
        }
        if run > 0 {
            steps.append(
                DecodeStep(
                    skip: UInt16(run),
                    encoding: .none,
                    width: 0,
                    slot: .none,
                    constant: 0
                )
            )
        }
        plan.runCount = UInt16(clamping: UInt32(runs.count) - plan.firstRun)
        layout.finish(&plan)
        plan.stepCount = UInt32(steps.count) - plan.firstStep
        return plan
    }
}
