public import BTF

/// What must hold of every BTF, whatever it was made from.
public enum Properties {
    /// Stops the process when a BTF that this project has written breaks a rule, or reads back as something else.
    ///
    /// - Parameter types: what was written.
    public static func checkWritten(_ types: BTF) {
        if let finding = types.verify(limit: 1).first { fatalError("what was written breaks a rule: \(finding)") }
        checkCanonical(types)
    }

    /// Stops the process when a canonical BTF changes by being written, read and brought into canonical form again.
    ///
    /// - Parameter types: a BTF in canonical form.
    public static func checkCanonical(_ types: BTF) {
        let bytes = types.serialized()
        do throws(BTFError) {
            let again = try BTF(parsing: bytes, base: types.base)
            precondition(again.serialized() == bytes, "reading and writing change the bytes")
            let canonical = try again.canonicalized().serialized()
            precondition(canonical == bytes, "the canonical form is not its own")
        } catch {
            fatalError("what was written cannot be read: \(error)")
        }
    }
}
