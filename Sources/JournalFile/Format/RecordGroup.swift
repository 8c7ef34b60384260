internal import Pipeline

/// Lines on their way into a journal: records that count together or not at all.
struct RecordGroup {
    /// The records, one after another.
    private(set) var bytes: [UInt8] = []
    private(set) var nextSequence: UInt64

    /// - Parameters:
    ///   - lines: JSON, without line ends; at least one.
    ///   - contentByteCount: a record's content is cut at the first end of a line past so many bytes.
    /// - Throws: `.setup` when a line is larger than a record may be.
    init(
        lines: [ArraySlice<UInt8>],
        from sequence: UInt64,
        identity: RecordHeader.Identity,
        isSnapshot: Bool = false,
        contentByteCount: Int = 1 << 20
    ) throws(PipelineError) {
        nextSequence = sequence
        let compressor = ZstandardCompressor()
        var content: [UInt8] = []
        for (index, line) in lines.enumerated() {
            content += line
            content.append(UInt8(ascii: "\n"))
            let isLast = index == lines.count - 1
            guard isLast || content.count >= contentByteCount else { continue }
            guard content.count <= RecordFormat.largestContent else {
                throw PipelineError(.setup, "cannot journal an event of \(line.count) bytes: it is too large")
            }
            let frame = compressor.frame(of: content[...])
            var flags: RecordHeader.Flags = isSnapshot ? [.snapshot] : []
            if !isLast { flags.insert(.continues) }
            let header = RecordHeader(
                flags: flags,
                contentByteCount: content.count,
                frameByteCount: frame.count,
                sequence: nextSequence,
                identity: identity
            )
            bytes += header.encoded(before: frame[...])
            bytes += frame
            nextSequence += 1
            content.removeAll(keepingCapacity: true)
        }
    }
}
