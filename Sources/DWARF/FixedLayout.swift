/// Works out whether an abbreviation's entries can be read by fields alone, and how they are skipped.
struct FixedLayout {
    /// Bytes since the last part of varying size.
    private var size = 0
    private var isFixed = true
    private var isSimple = true
    private var isSkippable = true
    private var isFirst = true

    /// Takes in the next attribute.
    ///
    /// - Returns: the run that ends with it, where it has a varying size.
    mutating func add(_ step: DecodeStep, _ constant: Int64, to plan: inout AbbreviationPlan) -> SkipRun? {
        defer { isFirst = false }
        switch step.encoding {
        case .constant, .none:
            addConstant(step.slot, constant, &plan)
            return nil
        case .fixed:
            addFixed(step, &plan)
            return nil
        case .string where isFirst && step.slot == .nameInline:
            plan.flags.insert(.leadingName)
        case .indirect:
            isFixed = false
            isSkippable = false
        default:
            isFixed = false
            note(step.slot, &plan)
        }
        let run = SkipRun(size: UInt16(truncatingIfNeeded: size), encoding: step.encoding, width: step.width)
        if size > Int(UInt16.max) || plan.sibling.width > 0 { isSkippable = false }
        if !plan.flags.contains(.leadingName) || !isFirst { isFixed = false }
        size = 0
        return run
    }

    private mutating func addConstant(_ slot: DecodeStep.Slot, _ constant: Int64, _ plan: inout AbbreviationPlan) {
        // A member that is external or declared only takes no room: C++'s static member.
        if plan.role == .member, slot == .external || slot == .declaration { isSimple = false }
        switch slot {
        case .none: return
        case .external: plan.flags.insert(.external)
        case .declaration: plan.flags.insert(.declaration)
        default:
            guard let number = UInt32(exactly: constant), plan.set(slot, Field(constant: number)) else {
                isSimple = false
                return
            }
        }
    }

    private mutating func addFixed(_ step: DecodeStep, _ plan: inout AbbreviationPlan) {
        defer { size += Int(step.width) }
        if step.slot == .none { return }
        // The whole of an address is read where the field says that it starts.
        guard size <= Int(UInt8.max), step.width <= 4 || step.slot == .lowAddress else {
            isSimple = false
            note(step.slot, &plan)
            if step.slot == .sibling {
                isSkippable = false
                isFixed = false
            }
            return
        }
        if !plan.set(step.slot, Field(at: UInt8(size), width: min(step.width, 4))) {
            isSimple = false
            note(step.slot, &plan)
        }
    }

    private func note(_ slot: DecodeStep.Slot, _ plan: inout AbbreviationPlan) {
        if slot == .location { plan.flags.insert(.hasLocation) }
    }

    /// Sets what has been found out.
    func finish(_ plan: inout AbbreviationPlan) {
        guard size <= Int(UInt16.max) else { return }
        plan.fixedSize = UInt16(size)
        if isFixed {
            plan.flags.insert(.isFixed)
            if isSimple {
                plan.flags.insert(.isSimple)
                if !plan.flags.contains(.hasChildren) { plan.flags.insert(.isPlain) }
            }
        } else if isSkippable, plan.runCount < UInt16.max {
            plan.flags.insert(.isSkippable)
        }
    }
}
