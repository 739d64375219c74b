import CommandSupport
import HubStore
import KernelIdentity

extension HubStore {
    /// The kernel that a person has named by its name or by its build-id.
    ///
    /// - Parameter text: what the person wrote.
    /// - Returns: the kernel.
    /// - Throws: `CommandFailure` when there is none, `KernelNameError` when the text is no name.
    func requireKernel(_ text: String) throws -> Kernel {
        let found =
            if !text.contains("/"), let buildID = BuildID(text) {
                try kernel(buildID: buildID)
            } else {
                try kernel(named: KernelName(parsing: text))
            }
        guard let found else {
            throw CommandFailure(.badInput, "\(path) has no kernel \(text); 'hubctl list' names those that it has")
        }
        return found
    }

    /// The kernel whose image or module has a build-id, superseded builds included.
    ///
    /// - Parameter text: the build-id as a person has written it, in hexadecimal.
    /// - Returns: the kernel, or nil when there is none.
    /// - Throws: `CommandFailure` when the text is no build-id.
    func kernel(ofBuildID text: String) throws -> Kernel? {
        guard let buildID = BuildID(text) else {
            throw CommandFailure(.usage, "'\(text)' is no build-id, which is an even number of hexadecimal digits")
        }
        return try kernel(buildID: buildID) ?? module(buildID: buildID)?.kernel
    }
}
