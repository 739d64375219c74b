import ArgumentParser
import BTF
import CommandSupport

struct CompareCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Say in what two BTF files differ.",
        discussion: """
            Types are compared by what they say: ids, the order of types and the order of strings do not count. The \
            exit status is 1 when one file has a type that the other has not.
            """
    )

    @Argument(help: "A file of raw BTF, or an ELF file with a .BTF section.") var first: String
    @Argument(help: "The file that it is compared with.") var second: String
    @Option(help: ArgumentHelp("The kernel's BTF, when both files are a module's split BTF.", valueName: "file"))
    var base: String?
    @Option(help: ArgumentHelp("Through how many named types a reference is followed.", valueName: "n")) var depth = 3
    @Option(
        help: ArgumentHelp(
            "Kinds that may differ, with commas: FUNC,FUNC_PROTO,DATASEC for two converters' own choices.",
            valueName: "kinds"
        )
    )
    var except = ""
    @Option(help: ArgumentHelp("How many names to print of the types that one file has.", valueName: "n")) var show = 5

    private var exceptions: Set<Kind>? {
        let names = except.split(separator: ",")
        let kinds = names.compactMap { name in Kind.allCases.first { $0.standardName == name.uppercased() } }
        return kinds.count == names.count ? Set(kinds) : nil
    }

    func validate() throws {
        if !(1...16).contains(depth) { throw ValidationError("--depth takes a number from 1 to 16") }
        if show < 0 { throw ValidationError("--show takes a number from 0 on") }
        if exceptions == nil { throw ValidationError("--except takes kinds of BTF, such as FUNC or STRUCT") }
    }

    func execute() throws {
        let base = try base.map { try readBTF($0) }
        let (one, two) = (try readBTF(first, base: base), try readBTF(second, base: base))
        let comparison = BTFComparison(one, two, depth: depth)
        var table = TextTable([
            ("kind", .leading), ("first", .trailing), ("second", .trailing), ("common", .trailing),
            ("only first", .trailing), ("only second", .trailing), ("names", .leading),
        ])
        for row in comparison.rows {
            let names = [row.onlyInFirst, row.onlyInSecond].map { names in
                names.filter { !$0.isEmpty }.prefix(show).joined(separator: " ")
            }
            table.add([
                row.kind.standardName, "\(row.firstCount)", "\(row.secondCount)", "\(row.commonCount)",
                "\(row.onlyInFirst.count)", "\(row.onlyInSecond.count)",
                names.allSatisfy(\.isEmpty) ? "" : names.joined(separator: " | "),
            ])
        }
        try Printing.result(table.text)
        let exceptions = exceptions ?? []
        let differing = comparison.rows.filter { !$0.isSame && !exceptions.contains($0.kind) }
        if !differing.isEmpty {
            let kinds = differing.map(\.kind.standardName).joined(separator: ", ")
            Printing.remark("\(first) and \(second) differ in \(kinds)")
            throw ExitCode(ExitStatus.answerIsNo.rawValue)
        }
    }
}
