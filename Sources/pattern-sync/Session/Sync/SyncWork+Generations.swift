internal import Foundation
internal import Postgres
internal import Qdrant

extension QdrantGenerations {
    /// Those of the collection that the command works on.
    init(_ work: SyncWork) {
        self.init(
            client: work.setup.client,
            source: work.setup.configuration.query.name,
            version: work.setup.version,
            clock: work.clock,
            timestamp: { Date().formatted(.iso8601) }
        )
    }
}
