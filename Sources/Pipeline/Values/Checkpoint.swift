/// The low-water mark: every row up to `position` is done, whatever became of those above it.
public struct Checkpoint: Sendable, Equatable {
    /// Where reading goes on.
    public var position: Position
    /// The counts of the whole run up to there, earlier attempts included.
    public var tally: Tally

    public init(position: Position, tally: Tally) {
        self.position = position
        self.tally = tally
    }
}
