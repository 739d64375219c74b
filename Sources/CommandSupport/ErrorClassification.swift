import ArgumentParser
import Archive
import BTF
import Conversion
import DWARF
import ELF
import HubStore
import KernelIdentity
import Minimizer

/// Which exit status a fault leads to, and what is said about it.
enum ErrorClassification {
    /// Describes a fault for the person at the terminal.
    ///
    /// - Parameter error: what was thrown.
    /// - Returns: the exit status and one sentence.
    static func describe(_ error: any Error) -> (ExitStatus, String) {
        switch error {
        case let error as CommandFailure: (error.status, error.description)
        case let error as any ClassifiedError: (error.exitStatus, error.description)
        case let error as KernelNameError: (.usage, error.description)
        case let error as StoreError: (status(of: error), error.description)
        case let error as ArchiveError: (error.kind == .cannotWrite ? .inputOutput : .badInput, error.description)
        case let error as ELFError: (.badInput, error.description)
        case let error as BTFError: (.badInput, error.description)
        case let error as ConversionError: (.badInput, error.description)
        case let error as DWARFError: (.badInput, error.description)
        case let error as BPFObjectError: (.badInput, error.description)
        case let error as RequestLogError: (.badInput, error.description)
        case let error as MinimizationError: (.bug, error.description)
        default: (.bug, "\(error) (this is a bug in BTF Hub; please report it with the command that you ran)")
        }
    }

    private static func status(of error: StoreError) -> ExitStatus {
        switch error {
        case .missing, .notAStore, .tooNew, .tooOld, .corrupt, .damaged, .invalidBTF: .badInput
        case .full, .readOnly, .failed: .inputOutput
        case .busy: .unavailable
        }
    }
}
