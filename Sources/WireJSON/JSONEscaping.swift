/// Escaping what JSON demands of a string: quotes, backslashes and control characters.
///
/// How many bytes it takes is counted first, so that it is written into room of exactly that size.
enum JSONEscaping {
    /// How many bytes longer `bytes` get.
    static func growth(of bytes: Span<UInt8>) -> Int {
        var growth = 0
        var start = 0
        while bytes.count - start >= blockSize {
            growth += Self.growth(of: bytes, start, blockSize)
            start += blockSize
        }
        return growth + Self.growth(of: bytes, start, bytes.count - start)
    }

    /// Bytes that are looked at together; so many grow by less than 256.
    private static let blockSize = 32

    /// - Parameter count: at most `blockSize`.
    @inline(__always)
    private static func growth(of bytes: Span<UInt8>, _ start: Int, _ count: Int) -> Int {
        precondition(start >= 0 && count <= bytes.count - start)
        var growth: UInt8 = 0
        for offset in 0..<count {
            // Unchecked, for a check a byte would keep the loop from being vectorised: the precondition holds for all.
            let byte = bytes[unchecked: start &+ offset]
            let isShort =
                mask(byte == UInt8(ascii: "\n")) | mask(byte == UInt8(ascii: "\t")) | mask(byte == UInt8(ascii: "\r"))
                | mask(byte == UInt8(ascii: "\"")) | mask(byte == UInt8(ascii: "\\"))
            growth &+= isShort & 1 | mask(byte < 0x20) & ~isShort & 5
        }
        return Int(growth)
    }

    @inline(__always)
    private static func mask(_ condition: Bool) -> UInt8 {
        condition ? 0xff : 0
    }

    /// Writes `bytes` escaped to `target`, which has room for exactly that.
    static func write(_ bytes: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer) {
        var read = 0
        var written = 0
        while read < bytes.count {
            if bytes.count - read >= 8 {
                // What is left takes no less room than it has bytes, so that there is room for eight.
                let word = bytes.loadUnaligned(fromByteOffset: read, as: UInt64.self)
                target.storeBytes(of: word, toByteOffset: written, as: UInt64.self)
                let found = escapable(UInt64(littleEndian: word))
                let clean = found == 0 ? 8 : found.trailingZeroBitCount / 8
                read &+= clean
                written &+= clean
                if found == 0 { continue }
            }
            let byte = bytes[read]
            read += 1
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                written = escape(byte, to: target, at: written)
            } else {
                target[written] = byte
                written += 1
            }
        }
        precondition(written == target.count)
    }

    /// Eight bytes with nothing but the highest bit of those that are to be escaped. Only the lowest one is sure.
    @inline(__always)
    private static func escapable(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let control = word &- ones &* 0x20
        let quote = (word ^ ones &* 0x22) &- ones
        let backslash = (word ^ ones &* 0x5c) &- ones
        // A byte that is less than what is taken away from it gets that bit; borrowing spoils only bytes above such a one.
        // The bytes of a longer character have it by themselves.
        return (control | quote | backslash) & ~word & (ones &* 0x80)
    }

    /// - Returns: the offset behind the escape.
    private static func escape(_ byte: UInt8, to target: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        target[offset] = UInt8(ascii: "\\")
        switch byte {
        case UInt8(ascii: "\n"): target[offset + 1] = UInt8(ascii: "n")
        case UInt8(ascii: "\t"): target[offset + 1] = UInt8(ascii: "t")
        case UInt8(ascii: "\r"): target[offset + 1] = UInt8(ascii: "r")
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): target[offset + 1] = byte
        default:
            target[offset + 1] = UInt8(ascii: "u")
            target[offset + 2] = UInt8(ascii: "0")
            target[offset + 3] = UInt8(ascii: "0")
            target[offset + 4] = hexadecimalDigit(byte >> 4)
            target[offset + 5] = hexadecimalDigit(byte & 0xf)
            return offset + 6
        }
        return offset + 2
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
