public import ArgumentParser

/// A command whose faults end in one sentence on standard error and in the exit status that DESIGN promises.
public protocol HubCommand: ParsableCommand {
    /// Does what the command is for.
    func execute() throws
}

extension HubCommand {
    /// Runs the command and says in one sentence why, when it fails.
    public func run() throws {
        do { try execute() } catch { throw CommandFault.said(error) }
    }
}

/// A command that waits for others: for a network, for programs that it starts.
public protocol AsyncHubCommand: AsyncParsableCommand {
    /// Does what the command is for.
    func execute() async throws
}

extension AsyncHubCommand {
    /// Runs the command and says in one sentence why, when it fails.
    public func run() async throws {
        do { try await execute() } catch { throw CommandFault.said(error) }
    }
}

private enum CommandFault {
    /// Says what went wrong, unless the parser does.
    ///
    /// - Parameter error: what a command threw.
    /// - Returns: what the parser ends the process with.
    static func said(_ error: any Error) -> any Error {
        if error is ExitCode || error is ValidationError || error is CleanExit { return error }
        let (status, message) = ErrorClassification.describe(error)
        Printing.remark("error: \(message)")
        return ExitCode(status.rawValue)
    }
}
