/// A threshold that no collection reaches. It puts indexing off as 0 does, and remembers what was there before: for servers
/// that keep no note of it, which are those before Qdrant 1.16, so that any later run can put it back.
enum UnreachableThreshold {
    /// A petabyte of vectors, in kilobytes.
    private static let base = 1_000_000_000_000
    /// More is nobody's choice, and no threshold remembered.
    private static let largest = 1_000_000_000

    static func remembering(_ threshold: Int) -> Int { base + min(threshold, largest) }

    /// The threshold that belongs in the place of this one; nil for one that is meant as it is.
    static func remembered(by threshold: Int) -> Int? {
        threshold > base && threshold <= base + largest ? threshold - base : nil
    }
}
