#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// An append-only file of the changes to a collection's points.
///
/// Each record is the length of its body and a checksum, both 32 bits little-endian, then the body: a byte for the
/// kind, the point's id, and with it a payload and a vector (`1`), nothing (`2`, deleted) or a payload (`3`). What was
/// handed to the system survives the end of the process; a record that was cut short is dropped when the file is read.
struct PointLog: Sendable {
    /// Changes that are written together.
    struct Records {
        private(set) var bytes: [UInt8] = []

        mutating func upsert(_ id: PointID, in points: PointTable) {
            guard let slot = points.slot(of: id) else { return }
            append(kind: 1, id) { body in
                let payload = points.payload(slot)
                body.append(littleEndian: UInt32(payload.count))
                body.append(contentsOf: payload)
                points.withVector(slot) { body.append(contentsOf: UnsafeRawBufferPointer($0)) }
            }
        }

        mutating func delete(_ id: PointID) {
            append(kind: 2, id) { _ in }
        }

        mutating func setPayload(_ id: PointID, in points: PointTable) {
            guard let slot = points.slot(of: id) else { return }
            append(kind: 3, id) { $0.append(contentsOf: points.payload(slot)) }
        }

        private mutating func append(kind: UInt8, _ id: PointID, _ content: (inout [UInt8]) -> Void) {
            let start = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: PointLog.headerSize))
            bytes.append(kind)
            bytes.append(id.isUUID ? 1 : 0)
            bytes.append(littleEndian: id.high)
            bytes.append(littleEndian: id.low)
            content(&bytes)
            let bodyStart = start + PointLog.headerSize
            bytes.replace(at: start, littleEndian: UInt32(bytes.count - bodyStart))
            bytes.replace(at: start + 4, littleEndian: PointLog.checksum(bytes[bodyStart...]))
        }
    }

    fileprivate static let headerSize = 8
    private static let idSize = 18

    private let file: Int32
    private let path: String

    /// Opens the file at `path`, replays it into `points` and cuts off a torn end.
    init(path: String, into points: inout PointTable) throws {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw QdrantFailure.storage("cannot open \(path): \(Errno.lastDescription)") }
        self.file = file
        self.path = path
        let valid = replay(into: &points)
        guard ftruncate(file, off_t(valid)) == 0, lseek(file, off_t(valid), SEEK_SET) >= 0 else {
            throw QdrantFailure.storage("cannot cut off the torn end of \(path): \(Errno.lastDescription)")
        }
    }

    func append(_ records: Records) throws(QdrantFailure) {
        var rest = records.bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw .storage("cannot write \(path): \(Errno.lastDescription)") }
            rest = rest.dropFirst(written)
        }
    }

    func end() {
        _ = close(file)
    }

    /// - Returns: the length of the file's sound part.
    private func replay(into points: inout PointTable) -> Int {
        var buffer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4 << 20)
        var valid = 0
        while true {
            let count = chunk.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            guard count > 0 else { return valid }
            buffer.append(contentsOf: chunk[..<count])
            var position = 0
            while let body = Self.record(in: buffer, at: position) {
                guard Self.checksum(buffer[body]) == buffer.littleEndian(at: position + 4, as: UInt32.self),
                    Self.apply(buffer[body], to: &points)
                else { return valid }
                valid += Self.headerSize + body.count
                position = body.upperBound
            }
            buffer.removeSubrange(..<position)
        }
    }

    /// Where the body of the record at `position` lies, if all of it is there.
    private static func record(in buffer: [UInt8], at position: Int) -> Range<Int>? {
        guard buffer.count - position >= headerSize else { return nil }
        let length = Int(buffer.littleEndian(at: position, as: UInt32.self))
        let start = position + headerSize
        guard length >= idSize, buffer.count - start >= length else { return nil }
        return start..<start + length
    }

    private static func apply(_ body: ArraySlice<UInt8>, to points: inout PointTable) -> Bool {
        let bytes = Array(body)
        let id = PointID(
            isUUID: bytes[1] == 1,
            high: bytes.littleEndian(at: 2, as: UInt64.self),
            low: bytes.littleEndian(at: 10, as: UInt64.self)
        )
        switch bytes[0] {
        case 1:
            guard bytes.count >= idSize + 4 else { return false }
            let payloadStart = idSize + 4
            let vectorStart = payloadStart + Int(bytes.littleEndian(at: idSize, as: UInt32.self))
            guard bytes.count == vectorStart + points.dimension * MemoryLayout<Float>.size else { return false }
            var vector = [Float](repeating: 0, count: points.dimension)
            vector.withUnsafeMutableBytes { $0.copyBytes(from: bytes[vectorStart...]) }
            vector.withUnsafeBufferPointer { vector in
                points.upsert(
                    id,
                    vector: vector,
                    payload: Array(bytes[payloadStart..<vectorStart]),
                    version: 0,
                    format: nil
                )
            }
        case 2: _ = points.remove(id)
        case 3:
            guard let slot = points.slot(of: id) else { return false }
            points.setPayload(slot, to: Array(bytes[idSize...]), version: 0)
        default: return false
        }
        return true
    }

    fileprivate static func checksum(_ body: ArraySlice<UInt8>) -> UInt32 {
        UInt32(truncatingIfNeeded: StableHash.of(body))
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func replace(at position: Int, littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { bytes in
            for (offset, byte) in bytes.enumerated() { self[position + offset] = byte }
        }
    }

    fileprivate func littleEndian<Value: FixedWidthInteger>(at position: Int, as type: Value.Type) -> Value {
        withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: type)) }
    }
}
