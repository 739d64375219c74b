/// The abbreviations of one unit, compiled; the memory is used again for the next unit.
struct AbbreviationTable: ~Copyable {
    private var plans = RawArray<AbbreviationPlan>(capacity: 256)
    private var steps = RawArray<DecodeStep>(capacity: 2048)
    private var constants = RawArray<Int64>(capacity: 256)
    /// What was compiled last, so that units which share a table share the work.
    private var loaded: (offset: Int, version: UInt8, addressSize: UInt8, offsetSize: UInt8) = (-1, 0, 0, 0)

    /// Codes beyond this one are refused: compilers number from 1 on.
    static let codeLimit: UInt64 = 1 << 18

    /// The plan for a code; one of role `missing` when the table has none.
    @inline(__always)
    func plan(_ code: UInt64) -> AbbreviationPlan {
        code < UInt64(plans.count) ? plans[Int(truncatingIfNeeded: code)] : AbbreviationPlan()
    }

    /// Compiles a unit's table.
    mutating func load(for unit: UnitHeader, from section: Bytes) throws(Fault) {
        let wanted = (unit.abbreviations, unit.version, unit.addressSize, unit.offsetSize)
        if wanted == loaded { return }
        guard unit.abbreviations >= 0, unit.abbreviations < section.count else {
            throw Fault(.abbreviationOffset(UInt64(unit.abbreviations)), at: unit.start)
        }
        loaded.offset = -1
        plans.removeAll()
        steps.removeAll()
        constants.removeAll()
        var at = unit.abbreviations
        do throws(Fault) {
            while true {
                let code = try section.uleb(&at, end: section.count)
                if code == 0 { break }
                guard code <= AbbreviationTable.codeLimit else { throw Fault(.abbreviationCode(code), at: at) }
                plans.extend(to: Int(code) + 1)
                plans[Int(code)] = try compile(unit, section, &at)
            }
        } catch {
            throw Fault(error.reason, .abbreviations, at: error.offset)
        }
        loaded = wanted
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
            var step = try DecodeStep(form: form, unit: unit, at: start)
            step.slot = DecodeStep.Slot(attribute: attribute, form: form)
            if form == Form.implicitConst {
                step.constant = UInt32(constants.count)
                constants.append(try section.sleb(&at, end: end))
            } else if form == Form.flagPresent {
                step.constant = UInt32(constants.count)
                constants.append(1)
            }
            layout.add(step, to: &plan)
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
        layout.finish(&plan)
        plan.stepCount = UInt32(steps.count) - plan.firstStep
        return plan
    }

    /// Reads the needed attributes of an entry.
    ///
    /// - Parameters:
    ///   - plan: the entry's plan.
    ///   - at: where its attributes start; then, where they end.
    ///   - end: where the unit ends.
    func decode(
        _ plan: AbbreviationPlan,
        _ info: Bytes,
        _ at: inout Int,
        end: Int,
        unit: UnitHeader
    ) throws(Fault) -> EntryValues {
        var values = EntryValues()
        for index in Int(plan.firstStep)..<Int(plan.firstStep &+ plan.stepCount) {
            var step = steps[index]
            at += Int(step.skip)
            if step.encoding == .indirect {
                let start = at
                let form = try info.uleb(&at, end: end)
                guard form != Form.indirect, form != Form.implicitConst else { throw Fault(.form(form), at: start) }
                let slot = step.slot
                step = try DecodeStep(form: form, unit: unit, at: start)
                step.slot = slot.with(form: form)
                if form == Form.flagPresent {
                    values.take(step.slot, 1)
                    continue
                }
            }
            switch step.encoding {
            case .none, .indirect: break
            case .fixed:
                guard at <= end, Int(step.width) <= end - at else { throw Fault(.truncated, at: at) }
                if step.width <= 8 {
                    let number = info.number(at, width: step.width)
                    values.take(step.slot, number)
                    if step.slot == .value { values.valueWidth = step.width }
                }
                at += Int(step.width)
            case .unsigned: values.take(step.slot, try info.uleb(&at, end: end))
            case .signed:
                values.take(step.slot, UInt64(bitPattern: try info.sleb(&at, end: end)))
                if step.slot == .value { values.valueWidth = EntryValues.signed }
            case .constant:
                values.take(step.slot, UInt64(bitPattern: constants[Int(step.constant)]))
                if step.slot == .value { values.valueWidth = EntryValues.signed }
            case .string:
                guard let length = info.stringLength(at, end: end) else { throw Fault(.truncated, at: at) }
                if step.slot == .nameInline { values.name = .inline(offset: at, length: length) }
                at += length + 1
            case .block:
                var length: UInt64
                if step.width == 0 {
                    length = try info.uleb(&at, end: end)
                } else {
                    guard at <= end, Int(step.width) <= end - at else { throw Fault(.truncated, at: at) }
                    length = info.number(at, width: step.width)
                    at += Int(step.width)
                }
                guard at <= end, length <= UInt64(end - at) else { throw Fault(.truncated, at: at) }
                if step.slot == .location || step.slot == .memberLocation {
                    values.takeBlock(step.slot, at, Int(length))
                }
                at += Int(length)
            }
        }
        guard at <= end else { throw Fault(.truncated, at: at) }
        return values
    }

    /// Moves behind an entry's attributes, none of which is needed.
    @inline(__always)
    func skip(
        _ plan: AbbreviationPlan,
        _ info: Bytes,
        _ at: inout Int,
        end: Int,
        unit: UnitHeader
    ) throws(Fault) {
        if plan.flags.contains(.isFixed) {
            if plan.flags.contains(.leadingName) {
                guard let length = info.stringLength(at, end: end) else { throw Fault(.truncated, at: at) }
                at += length + 1
            }
            at += Int(plan.fixedSize)
            guard at <= end else { throw Fault(.truncated, at: at) }
        } else {
            _ = try decode(plan, info, &at, end: end, unit: unit)
        }
    }
}

/// Works out whether an abbreviation's entries can be read by fields alone.
private struct FixedLayout {
    private var size = 0
    private var isFixed = true
    private var isSimple = true
    private var isFirst = true

    /// Takes in the next attribute.
    mutating func add(_ step: DecodeStep, to plan: inout AbbreviationPlan) {
        defer { isFirst = false }
        switch step.encoding {
        case .constant:
            switch step.slot {
            case .none: return
            case .external: plan.flags.insert(.external)
            case .declaration: plan.flags.insert(.declaration)
            default: isSimple = false
            }
            return
        case .fixed:
            break
        case .string where isFirst && step.slot == .nameInline:
            plan.flags.insert(.leadingName)
            return
        default:
            isFixed = false
            note(step.slot, &plan)
            return
        }
        let field = Field(at: UInt8(truncatingIfNeeded: size), width: step.width)
        if size > Int(UInt8.max), step.slot != .none { isSimple = false }
        switch step.slot {
        case .none: break
        case .nameInStrings:
            plan.name = field
            plan.flags.insert(.nameInStrings)
        case .type: plan.type = field
        case .memberLocation: plan.place = field
        case .dataBitOffset:
            plan.place = field
            plan.flags.insert(.placeInBits)
        case .bitSize: plan.bitSize = field
        case .size: plan.value = field
        case .value:
            if plan.role == .enumerator { plan.value = field }
        case .sibling: plan.sibling = field
        default:
            isSimple = false
            note(step.slot, &plan)
        }
        size += Int(step.width)
    }

    private func note(_ slot: DecodeStep.Slot, _ plan: inout AbbreviationPlan) {
        if slot == .location { plan.flags.insert(.hasLocation) }
        if slot == .origin || slot == .originElsewhere { plan.flags.insert(.hasOrigin) }
    }

    /// Sets what has been found out.
    func finish(_ plan: inout AbbreviationPlan) {
        guard isFixed, size <= Int(UInt16.max) else { return }
        plan.fixedSize = UInt16(size)
        plan.flags.insert(.isFixed)
        if isSimple { plan.flags.insert(.isSimple) }
    }
}
