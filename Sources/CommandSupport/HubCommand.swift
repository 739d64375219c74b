public import ArgumentParser

/// A command whose faults end in one sentence on standard error and in the exit status that DESIGN promises.
public protocol HubCommand: AsyncParsableCommand {
    /// Does what the command is for.
    func execute() async throws
}

extension HubCommand {
    /// Runs the command and says in one sentence why, when it fails.
    public func run() async throws {
        do {
            try await execute()
        } catch {
            if Self.isForParser(error) { throw error }
            let (status, message) = ErrorClassification.describe(error)
            Printing.remark("error: \(message)")
            throw ExitCode(status.rawValue)
        }
    }

    private static func isForParser(_ error: any Error) -> Bool {
        error is ExitCode || error is ValidationError || error is CleanExit
    }
}
