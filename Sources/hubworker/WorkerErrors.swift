public import CommandSupport
public import HubWorker
public import KernelPackages

extension KernelPackageError: ClassifiedError {
    /// Writing failed where the work folder cannot take what is unpacked; otherwise the package is bad.
    public var exitStatus: ExitStatus {
        if case .workFile = self { .inputOutput } else { .badInput }
    }
}

extension PackageSourceError: ClassifiedError {
    /// The source does not answer.
    public var exitStatus: ExitStatus { .unavailable }
}

extension DownloadError: ClassifiedError {
    /// The server does not answer, or the file cannot be written.
    public var exitStatus: ExitStatus { isRemote ? .unavailable : .inputOutput }
}

extension JobError: ClassifiedError {
    /// The job file makes no sense.
    public var exitStatus: ExitStatus { .usage }
}

extension ImageError: ClassifiedError {
    /// The image cannot be named without help from the command line.
    public var exitStatus: ExitStatus { .usage }
}
