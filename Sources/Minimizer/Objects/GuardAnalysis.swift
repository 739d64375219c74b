import BTF

/// Finds out which answers to existence checks keep which relocated instructions from running.
///
/// Each check is looked at on its own, with each of its two answers; a relocation that only two answers together keep
/// from running has no guard. Functions that others call count as running.
struct GuardAnalysis {
    /// An instruction of a function that is relocated.
    struct Site {
        /// Its place among the object's relocations.
        let request: Int
        let isQuestion: Bool
        /// The instruction, counted from the function's first.
        let index: Int
    }

    /// The most instructions of a function that is looked at; the verifier takes a million in all.
    static let longestFunction = 1 << 16

    /// How many instructions may be looked at for one object: some seconds' worth, which no real object comes near.
    private var budget = 50_000_000
    /// The guards, by the place of a relocation among the object's.
    private(set) var guards: [Int: [RelocationRequest.Guard]] = [:]

    /// Looks at one function.
    mutating func add(_ instructions: [BPFInstruction], _ sites: [Site]) {
        let questions = sites.filter(\.isQuestion)
        let others = sites.filter { !$0.isQuestion }
        guard !questions.isEmpty, !others.isEmpty else { return }
        let flow = ConstantPropagation(instructions: instructions, patched: Set(sites.map(\.index)))
        guard let always = flow.reachable(assuming: [:], budget: &budget) else { return }
        for question in questions {
            for answer in [false, true] {
                let known = [question.index: answer ? UInt64(1) : 0]
                guard let reachable = flow.reachable(assuming: known, budget: &budget) else { return }
                for site in others where always[site.index] && !reachable[site.index] {
                    let found = RelocationRequest.Guard(question: question.request, answer: answer)
                    guards[site.request, default: []].append(found)
                }
            }
        }
    }
}
