// Reading entries, and moving past them.

extension AbbreviationTable {
    /// Reads the needed attributes of an entry, and moves behind all of them.
    mutating func decode(
        _ plan: AbbreviationPlan,
        _ info: Bytes,
        _ at: inout Int,
        _ unit: UnitHeader,
        into values: inout EntryValues
    ) throws(Fault) {
        let end = unit.end
        values.clear()
        for index in Int(plan.firstStep)..<Int(plan.firstStep &+ plan.stepCount) {
            var step = compiled.steps[index]
            at &+= Int(step.skip)
            guard at <= end else { throw Fault(.truncated, at: at) }
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
                guard Int(step.width) <= end &- at else { throw Fault(.truncated, at: at) }
                if step.width <= 8 { values.take(step.slot, info.number(at, width: step.width)) }
                at &+= Int(step.width)
            case .unsigned: values.take(step.slot, try info.uleb(&at, end: end))
            case .signed:
                values.take(step.slot, UInt64(bitPattern: try info.sleb(&at, end: end)), isSigned: true)
            case .constant:
                values.take(step.slot, UInt64(bitPattern: compiled.constants[Int(step.constant)]), isSigned: true)
            case .string:
                guard let length = info.stringLength(at, end: end) else { throw Fault(.truncated, at: at) }
                if step.slot == .nameInline { values.takeName(at, length) }
                if step.slot == .textInline { values.takeText(at, length) }
                at &+= length &+ 1
            case .block:
                let length = try blockLength(step.width, info, &at, end: end)
                if step.slot == .location || step.slot == .memberLocation { values.takeBlock(step.slot, at, length) }
                at &+= length
            }
        }
    }

    /// The length of the block at an offset, which moves behind the length.
    private mutating func blockLength(_ width: UInt8, _ info: Bytes, _ at: inout Int, end: Int) throws(Fault) -> Int {
        var length: UInt64
        if width == 0 {
            length = try info.uleb(&at, end: end)
        } else {
            guard Int(width) <= end &- at else { throw Fault(.truncated, at: at) }
            length = info.number(at, width: width)
            at &+= Int(width)
        }
        guard length <= UInt64(end &- at) else { throw Fault(.truncated, at: at) }
        return Int(length)
    }

    /// Moves behind an entry's attributes.
    ///
    /// - Returns: where the entry's sibling is, from the start of the unit, or 0 where that is not said.
    @inline(__always)
    mutating func skip(_ plan: AbbreviationPlan, _ info: Bytes, _ at: inout Int, _ unit: UnitHeader) throws(Fault)
        -> UInt64
    {
        let end = unit.end
        if plan.flags.contains(.isFixed) {
            if plan.flags.contains(.leadingName) {
                guard let length = info.stringLength(at, end: end) else { throw Fault(.truncated, at: at) }
                at &+= length &+ 1
            }
        } else if plan.flags.contains(.isSkippable) {
            try skipRuns(plan, info, &at, end: end)
        } else {
            var values = EntryValues()
            try decode(plan, info, &at, unit, into: &values)
            return values.sibling
        }
        let body = at
        at &+= Int(plan.fixedSize)
        guard at <= end else { throw Fault(.truncated, at: body) }
        return UInt64(info.field(plan.sibling, body))
    }

    /// Moves behind an entry's last part of varying size.
    private mutating func skipRuns(_ plan: AbbreviationPlan, _ info: Bytes, _ at: inout Int, end: Int) throws(Fault) {
        for index in Int(plan.firstRun)..<Int(plan.firstRun) &+ Int(plan.runCount) {
            let run = compiled.runs[index]
            at &+= Int(run.size)
            guard at < end else { throw Fault(.truncated, at: at) }
            switch run.encoding {
            case .string:
                guard let length = info.stringLength(at, end: end) else { throw Fault(.truncated, at: at) }
                at &+= length &+ 1
            case .block:
                let length = try blockLength(run.width, info, &at, end: end)
                at &+= length
            default:
                while info.byte(at) >= 0x80 {
                    at &+= 1
                    guard at < end else { throw Fault(.truncated, at: at) }
                }
                at &+= 1
            }
        }
    }
}
