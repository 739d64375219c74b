/// How a command ends: BSD's sysexits.h, as far as the hub's commands need it.
public enum ExitStatus: Int32, Sendable {
    /// Done.
    case success = 0
    /// Done, and the answer is no: a check that fails, a verification that finds damage.
    case answerIsNo = 1
    /// The command line makes no sense.
    case usage = 64
    /// The input is bad.
    case badInput = 65
    /// A server or mirror does not answer.
    case unavailable = 69
    /// A bug in the hub.
    case bug = 70
    /// Writing failed: a full disk, a missing permission.
    case inputOutput = 74
}

/// An end of a command that a person is to read about.
public struct CommandFailure: Error, Sendable, CustomStringConvertible {
    /// How the command ends.
    public let status: ExitStatus
    /// One sentence: what is wrong, where, and what to do.
    public let description: String

    /// Makes a failure.
    ///
    /// - Parameters:
    ///   - status: how the command ends.
    ///   - message: one sentence.
    public init(_ status: ExitStatus, _ message: String) {
        self.status = status
        self.description = message
    }
}
