import ArgumentParser
import BTF

/// The value of `--max-kind`: the highest kind of BTF that a consumer knows, by its standard name in any case.
struct MaximumKind: ExpressibleByArgument {
    let kind: Kind

    init?(argument: String) {
        let name = argument.uppercased()
        guard let kind = Kind.allCases.first(where: { $0.standardName == name }), kind >= .functionPrototype else {
            return nil
        }
        self.kind = kind
    }

    static var allValueStrings: [String] {
        Kind.allCases.filter { $0 >= .functionPrototype }.map { $0.standardName.lowercased() }
    }

    static let help = ArgumentHelp("The highest kind of BTF that the consumer knows.", valueName: "kind")

    static let discussion = """
        --max-kind is for consumers that are older than the kernel: what came into BTF after the given kind is written \
        as pahole writes it without that feature. enum64 becomes enum with values cut to 32 bits, all unsigned, float becomes int, \
        type_tag gives way to what it tags, and decl_tag, datasec and var are left out. The kinds came with Linux 4.20 \
        (func_proto), 5.2 (var, datasec), 5.13 (float), 5.16 (decl_tag), 5.17 (type_tag) and 6.0 (enum64).
        """
}
