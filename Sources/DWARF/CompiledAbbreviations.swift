/// Compiled abbreviations, each kept once however many units have it: a kernel's units have some 150 each, of which a
/// hundredth differ.
struct CompiledAbbreviations: ~Copyable {
    private var plans = RawArray<AbbreviationPlan>(capacity: 256)
    private(set) var steps = RawArray<DecodeStep>(capacity: 2048)
    private(set) var runs = RawArray<SkipRun>(capacity: 512)
    private(set) var constants = RawArray<Int64>(capacity: 256)
    /// From what an abbreviation says to its plan's number plus one.
    private var known = FingerprintTable()
    /// By attribute and form, for units of the present version and sizes.
    private var knownSteps = RawArray<DecodeStep>(zeroed: 1 << 14)
    private var stepIsKnown = RawArray<Bool>(zeroed: 1 << 14)
    private var stepsVersion: UInt8 = 0
    private var stepsAddressSize: UInt8 = 0
    private var stepsOffsetSize: UInt8 = 0

    /// With so many steps, abbreviations are not kept any longer.
    private static let stepLimit = 1 << 20

    /// Whether it is time to forget.
    var isFull: Bool { steps.count > CompiledAbbreviations.stepLimit }

    /// Forgets all abbreviations.
    mutating func removeAll() {
        plans.removeAll()
        steps.removeAll()
        runs.removeAll()
        constants.removeAll()
        known = FingerprintTable()
    }

    /// Makes ready for the abbreviations of a unit.
    mutating func prepare(for unit: UnitHeader) {
        if (stepsVersion, stepsAddressSize, stepsOffsetSize) == (unit.version, unit.addressSize, unit.offsetSize) {
            return
        }
        (stepsVersion, stepsAddressSize, stepsOffsetSize) = (unit.version, unit.addressSize, unit.offsetSize)
        stepIsKnown.reset(zeroed: 1 << 14)
    }

    /// The plan of the abbreviation whose tag is at an offset, which moves behind the abbreviation.
    ///
    /// - Parameters:
    ///   - unit: the unit that has it, the one that was made ready for.
    ///   - section: .debug_abbrev.
    ///   - at: where its tag is.
    /// - Returns: its plan.
    /// - Throws: `Fault` where it is damaged.
    mutating func plan(_ unit: UnitHeader, _ section: Bytes, _ at: inout Int) throws(Fault) -> AbbreviationPlan {
        var end = at
        let key = try fingerprint(unit, section, &end)
        let number = known.value(for: key)
        if number != 0 {
            at = end
            return plans[Int(number) - 1]
        }
        let plan = try compile(unit, section, &at)
        plans.append(plan)
        known.insert(key, UInt32(plans.count))
        return plan
    }

    /// What an abbreviation says, and to which units; constants that nobody needs, such as lines, do not count.
    private mutating func fingerprint(
        _ unit: UnitHeader,
        _ section: Bytes,
        _ at: inout Int
    ) throws(Fault) -> Fingerprint {
        let end = section.count
        var hash = Fingerprint(seed: unit.sort == .supplementary ? 1 : 0)
        hash.mix(UInt64(unit.version) << 16 | UInt64(unit.addressSize) << 8 | UInt64(unit.offsetSize), 0)
        let tag = try section.uleb(&at, end: end)
        guard at < end else { throw Fault(.truncated, at: at) }
        hash.mix(tag, section.byte(at))
        at += 1
        while true {
            let start = at
            let attribute = try section.uleb(&at, end: end)
            let form = try section.uleb(&at, end: end)
            if attribute == 0, form == 0 { return hash }
            hash.mix(attribute, form)
            guard form == Form.implicitConst else { continue }
            let constant = try section.sleb(&at, end: end)
            if try step(attribute, form, unit, at: start).slot != .none { hash.mix(UInt64(bitPattern: constant), 1) }
        }
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
            if step.slot.isAnnotation { plan.flags.insert(.hasAnnotationChain) }
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
