public import Bundler
public import CommandSupport

extension BundleRequestError: ClassifiedError {
    /// The command line asks for what does not go together.
    public var exitStatus: ExitStatus { .usage }
}
