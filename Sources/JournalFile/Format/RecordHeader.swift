/// What stands before the zstd frame of a record; `RecordFormat` says where.
struct RecordHeader: Equatable {
    struct Flags: OptionSet {
        let rawValue: UInt16
        /// The group goes on in the next record.
        static let continues = Flags(rawValue: 1)
        /// Part of a snapshot, which replaces all segments before its own.
        static let snapshot = Flags(rawValue: 2)
    }

    /// Tells the records of one journal from those of all others.
    struct Identity: Hashable {
        var high: UInt64
        var low: UInt64

        static func random() -> Identity {
            Identity(high: .random(in: 0 ... .max), low: .random(in: 0 ... .max))
        }
    }

    private static let checksumOffset = 52

    var version = RecordFormat.currentVersion
    var flags: Flags
    var contentByteCount: Int
    var frameByteCount: Int
    var sequence: UInt64
    var identity: Identity

    /// The header in bytes, its checksum included.
    func encoded(before frame: ArraySlice<UInt8>) -> [UInt8] {
        var bytes = RecordFormat.magic
        bytes.reserveCapacity(RecordFormat.headerByteCount)
        bytes.append(littleEndian: version)
        bytes.append(littleEndian: flags.rawValue)
        bytes.append(littleEndian: UInt32(contentByteCount))
        bytes.append(littleEndian: UInt32(frameByteCount))
        bytes.append(littleEndian: sequence)
        bytes.append(littleEndian: identity.high)
        bytes.append(littleEndian: identity.low)
        bytes.append(littleEndian: CRC32C.checksum(bytes[...], frame))
        return bytes
    }

    /// Reads a header without checking more than its magic numbers; nil when those are not there.
    init?(unchecked bytes: ArraySlice<UInt8>) {
        guard bytes.count >= RecordFormat.headerByteCount, bytes.starts(with: RecordFormat.magic) else { return nil }
        version = bytes.littleEndian(at: 16)
        flags = Flags(rawValue: bytes.littleEndian(at: 18))
        contentByteCount = Int(bytes.littleEndian(at: 20) as UInt32)
        frameByteCount = Int(bytes.littleEndian(at: 24) as UInt32)
        sequence = bytes.littleEndian(at: 28)
        identity = Identity(high: bytes.littleEndian(at: 36), low: bytes.littleEndian(at: 44))
    }

    init(flags: Flags, contentByteCount: Int, frameByteCount: Int, sequence: UInt64, identity: Identity) {
        self.flags = flags
        self.contentByteCount = contentByteCount
        self.frameByteCount = frameByteCount
        self.sequence = sequence
        self.identity = identity
    }

    /// Reads the header at the beginning of `bytes`; nil unless a whole record with the right checksum is there.
    init?(checking bytes: ArraySlice<UInt8>) {
        guard let header = RecordHeader(unchecked: bytes),
            header.contentByteCount <= RecordFormat.largestContent,
            header.frameByteCount <= bytes.count - RecordFormat.headerByteCount
        else { return nil }
        let frame = bytes.dropFirst(RecordFormat.headerByteCount).prefix(header.frameByteCount)
        let checksum: UInt32 = bytes.littleEndian(at: Self.checksumOffset)
        guard CRC32C.checksum(bytes.prefix(Self.checksumOffset), frame) == checksum else { return nil }
        self = header
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

extension ArraySlice<UInt8> {
    /// The number at `offset` from the beginning of the slice.
    fileprivate func littleEndian<Value: FixedWidthInteger>(at offset: Int) -> Value {
        withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self)) }
    }
}
