/// CRC-32C (Castagnoli), eight bytes at a step.
enum CRC32C {
    /// The checksum of the bytes; that of `parts` one after another when there are several.
    static func checksum(_ parts: ArraySlice<UInt8>...) -> UInt32 {
        var state = UInt32.max
        for part in parts {
            part.withUnsafeBytes { state = update(state, $0) }
        }
        return ~state
    }

    private static func update(_ start: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var state = start
        var rest = bytes[...]
        tables.withUnsafeBufferPointer { tables in
            while rest.count >= 8 {
                let word = UnsafeRawBufferPointer(rebasing: rest).loadUnaligned(as: UInt64.self).littleEndian
                let mixed = word ^ UInt64(state)
                state = 0
                for byte in 0..<8 {
                    // The first byte has seven more to pass through.
                    state ^= tables[(7 - byte) * 256 + Int(mixed >> UInt64(8 * byte) & 0xFF)]
                }
                rest = rest.dropFirst(8)
            }
            for byte in rest {
                state = state >> 8 ^ tables[Int((state ^ UInt32(byte)) & 0xFF)]
            }
        }
        return state
    }

    /// Eight tables of 256: the n-th passes a byte through n zero bytes more than the first.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var state = UInt32(byte)
            for _ in 0..<8 {
                state = state >> 1 ^ (state & 1 == 1 ? 0x82F6_3B78 : 0)
            }
            tables[byte] = state
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }()
}
