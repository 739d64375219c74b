public import ArgumentParser
import Dispatch

/// A program of BTF Hub: the root of its commands.
public protocol HubProgram: ParsableCommand, SendableMetatype {}

extension HubProgram {
    /// Runs the command that the command line names, and ends the process when it has ended.
    ///
    /// A command that waits for nobody runs on the thread that the process starts with. The threads that Swift's
    /// concurrency starts would cost as much as looking one kernel's types up.
    public static func main() {
        do {
            var command = try parseAsRoot()
            if let waiting = command as? any AsyncParsableCommand { run(waiting) }
            try command.run()
        } catch {
            exit(withError: error)
        }
    }

    private static func run(_ command: sending any AsyncParsableCommand) -> Never {
        Task {
            do {
                try await command.run()
                exit()
            } catch {
                exit(withError: error)
            }
        }
        dispatchMain()
    }
}
