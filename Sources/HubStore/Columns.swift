internal import Foundation
internal import GRDB
internal import KernelIdentity

extension ContentDigest {
    /// The digest as a blob.
    var data: Data { Data(bytes) }

    init?(_ data: Data) { self.init(bytes: Array(data)) }
}

extension BuildID {
    /// The build-id as a blob.
    var data: Data { Data(bytes) }
}

extension Date {
    /// Whole seconds since 1970, as the store keeps times.
    var storedSeconds: Int64 { Int64(timeIntervalSince1970.rounded(.down)) }

    init(storedSeconds: Int64) { self.init(timeIntervalSince1970: Double(storedSeconds)) }
}

extension Row {
    /// A column that must be of this type; a damaged file may hold anything.
    func column<Value: DatabaseValueConvertible>(_ index: Int, _ type: Value.Type = Value.self) throws -> Value {
        guard let value = Value.fromDatabaseValue(self[index]) else {
            throw Damage(reason: "column \(index) of its row is of another type")
        }
        return value
    }

    /// A column that may be null.
    func optionalColumn<Value: DatabaseValueConvertible>(
        _ index: Int,
        _ type: Value.Type = Value.self
    ) throws -> Value? {
        let value: DatabaseValue = self[index]
        return value.isNull ? nil : try column(index, type)
    }

    /// A digest that must be there.
    func digestColumn(_ index: Int) throws -> ContentDigest {
        guard let digest = ContentDigest(try column(index, Data.self)) else {
            throw Damage(reason: "its digest does not have 32 bytes")
        }
        return digest
    }

    /// A build-id that may be null.
    func buildIDColumn(_ index: Int) throws -> BuildID? {
        guard let data = try optionalColumn(index, Data.self) else { return nil }
        guard let buildID = BuildID(bytes: Array(data)) else { throw Damage(reason: "its build-id is malformed") }
        return buildID
    }
}
