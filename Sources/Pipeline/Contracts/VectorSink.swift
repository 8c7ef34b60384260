/// Where points are stored.
///
/// The calls that change points throw `.server` when the same call may succeed later, `.tooMuch` when one with fewer points
/// may, `.row` when one of the points is at fault, which one is found by storing fewer, and `.setup` when no call can
/// succeed. After any error some of the points may be changed: changing them again is harmless. They may be called any number of times at once; cancelling the task
/// ends the requests. When they return, the change is durable. Each returns how many requests it took.
public protocol VectorSink: PointReader {
    /// Stores the points, replacing those of the same keys.
    @concurrent func upsert(_ points: [Point]) async throws(PipelineError) -> Int

    /// Replaces the payloads of points that are there and leaves their vectors. A point that is not there is a fault of
    /// its row.
    @concurrent func replacePayloads(_ updates: [PayloadUpdate]) async throws(PipelineError) -> Int

    /// Deletes the points; that one is not there is no error.
    @concurrent func delete(_ points: [PointReference]) async throws(PipelineError) -> Int

    /// Goes the way that all changes go and changes nothing: shows whether the server takes any.
    @concurrent func probe() async throws(PipelineError) -> Int
}
