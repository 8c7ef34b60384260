internal import Threading

/// What a running server's model is: changed as `ollama pull` or an update of the server changes it, under its name.
public final class ModelControl: Sendable {
    private let state: Locked<ModelVersion>

    init(_ version: ModelVersion) {
        state = Locked(version)
    }

    var version: ModelVersion { state.withLock { $0 } }

    /// Requests that come from now on are answered by this model.
    /// - Parameters:
    ///   - revision: of the model's files; another one has another digest and gives other vectors.
    ///   - vectorsVersion: of the server's arithmetic; another one gives other vectors under the same digest.
    public func set(revision: Int = 0, vectorsVersion: Int = 0) {
        state.withLock { $0 = ModelVersion(revision: revision, vectorsVersion: vectorsVersion) }
    }
}

/// Which of the models that go by one name.
struct ModelVersion: Sendable, Equatable {
    var revision = 0
    var vectorsVersion = 0

    /// Turns one model's features into another's; 0 leaves them as they are.
    var salt: UInt64 {
        self == ModelVersion() ? 0 : StableHash.of("\(revision)/\(vectorsVersion)".utf8)
    }
}
