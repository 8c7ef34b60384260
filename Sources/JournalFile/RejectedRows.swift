public import Pipeline

/// Rows that were rejected, as far as they can be told apart: their keys without the reasons.
public struct RejectedRows: Sendable, Equatable {
    /// Of the rows that have one.
    public private(set) var keys: Set<RejectedKey> = []
    /// How many rows without a key there were when they were last counted.
    public private(set) var keyless = 0

    public init(keys: Set<RejectedKey> = [], keyless: Int = 0) {
        self.keys = keys
        self.keyless = keyless
    }

    /// The keys as a run tells rejected rows apart: nil stands for rows that have none.
    public var identities: Set<RejectedKey?> {
        let identities = Set(keys.map { Optional($0) })
        return keyless > 0 ? identities.union([nil]) : identities
    }

    mutating func insert(_ rejection: Rejection) {
        if let key = rejection.key { keys.insert(RejectedKey(key)) } else { keyless = rejection.rowCount }
    }

    mutating func formUnion(_ other: RejectedRows) {
        keys.formUnion(other.keys)
        if other.keyless > 0 { keyless = other.keyless }
    }

    /// Takes in a run that came to its end, and all that it rejected.
    mutating func settle(_ header: RunHeader, rejecting rejected: RejectedRows) {
        if !header.isPartial { self = rejected }
        // It was given all keys; of rows without one it knows nothing.
        if header.retriesRejected { keys = rejected.keys }
        formUnion(rejected)
    }
}
