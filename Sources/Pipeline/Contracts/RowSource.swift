/// What feeds the engine: a scan of a table today; changes, events or a list of rejected rows by the same contract.
///
/// The engine calls from one task at a time, in the order `open`, `nextChunk`…, `close`.
public protocol RowSource: Sendable {
    /// Whether its chunks hold digests, for a comparison, instead of whole rows.
    var yieldsDigests: Bool { get }

    /// Gets ready to read the rows after `position`, or all of them when it is nil.
    ///
    /// Throws `.server` when it may be called again later, `.setup` when a person has to act.
    func open(after position: Position?) async throws(PipelineError)

    /// Reads on; nil when there is no more.
    ///
    /// - Every row comes exactly once, in an order that `Chunk.end` can resume.
    /// - Throws `.server` when the connection is lost: calling again reads on with the row after the last one that was
    ///   returned. After any other error the source is of no more use.
    /// - Cancelling the task ends the call with `.cancelled`, soon.
    func nextChunk(_ limit: ChunkLimit) async throws(PipelineError) -> Chunk?

    /// Gives back what it holds. Needed after an error too; harmless when called twice.
    func close() async
}
