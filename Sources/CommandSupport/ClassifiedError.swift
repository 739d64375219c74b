/// A fault of a module that not every command stands on: it says itself how the command ends.
///
/// `hubctl` does without the modules that fetch packages, and so without the libraries that those load.
public protocol ClassifiedError: Error, CustomStringConvertible {
    /// How the command ends.
    var exitStatus: ExitStatus { get }
}
