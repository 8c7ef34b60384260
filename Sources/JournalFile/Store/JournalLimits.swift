/// How large the parts of a journal may become.
struct JournalLimits {
    /// A segment that has reached this is followed by a new one.
    var segmentByteCount = 8 << 20
    /// A journal is compacted when it is larger than this, and twice as large as it was after the last time.
    var compactionByteCount = 64 << 10
    /// A record is closed when its content has reached this: reading decompresses a record at a time.
    var contentByteCount = 1 << 20
    /// How many runs a compacted journal keeps.
    var runCount = 50
    /// How many of them keep the list of their rejections.
    var listedRunCount = 3
}
