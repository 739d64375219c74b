/// Where solutions are kept from one bundle to the next.
///
/// The folder holds files alone that may be deleted at any time; docs/bundles.md says what they are.
public enum SolutionFolder {
    /// The folder for a store that is used without a server: beside it, where the server's is by default.
    ///
    /// - Parameter store: the path of the store.
    /// - Returns: the folder's path.
    public static func beside(store: String) -> String { beside(cacheDirectory: store + "-cache") }

    /// The folder within a server's folder for derived files.
    ///
    /// - Parameter cacheDirectory: the path of that folder.
    /// - Returns: the folder's path.
    public static func beside(cacheDirectory: String) -> String { cacheDirectory + "/solutions" }
}
