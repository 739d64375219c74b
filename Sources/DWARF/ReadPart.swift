/// The part of a mapped section that a thread has read and not given back to the system yet.
///
/// A page that is touched brings its neighbours along, those before it too. What is given back in small pieces would
/// come back with the next piece, so it is given back in large ones.
struct ReadPart {
    private let section: DebugSections.Section
    private var range = 0..<0

    /// Gives back so many bytes at once.
    private static let size = 8 << 20
    /// Linux maps so many bytes around one that is touched, 64 KiB unless it is told otherwise.
    private static let neighbourhood = 1 << 16

    init(of section: DebugSections.Section) { self.section = section }

    /// Takes in that a piece has been read, as a rule the one behind the last.
    mutating func add(_ piece: Range<Int>) {
        if piece.lowerBound != range.upperBound { giveBack() }
        range = (range.isEmpty ? piece.lowerBound : range.lowerBound)..<piece.upperBound
        if range.count >= ReadPart.size { giveBack() }
    }

    /// Gives back what has been read; a page too many just comes back.
    mutating func giveBack() {
        if range.isEmpty { return }
        section.discard(range.lowerBound - ReadPart.neighbourhood..<range.upperBound + ReadPart.neighbourhood)
        range = range.upperBound..<range.upperBound
    }
}
