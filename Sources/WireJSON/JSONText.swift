/// Writing JSON by appending bytes.
extension [UInt8] {
    /// Appends ASCII or UTF-8 text as it is.
    public mutating func append(json text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }

    /// Appends `bytes`, which are UTF-8, as a JSON string with its quotes.
    ///
    /// Only what JSON demands is escaped: quotes, backslashes and control characters. Everything else is copied.
    ///
    /// - Parameter prefix: UTF-8 that the string begins with.
    public mutating func append(jsonString bytes: ArraySlice<UInt8>, prefix: ArraySlice<UInt8> = []) {
        append(UInt8(ascii: "\""))
        prefix.withUnsafeBufferPointer { append(escaping: $0) }
        bytes.withUnsafeBufferPointer { append(escaping: $0) }
        append(UInt8(ascii: "\""))
    }

    /// Appends `text` as a JSON string with its quotes.
    public mutating func append(jsonString text: String) {
        var text = text
        append(UInt8(ascii: "\""))
        text.withUTF8 { append(escaping: $0) }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping bytes: UnsafeBufferPointer<UInt8>) {
        let growth = JSONEscaping.growth(of: bytes.span)
        if growth == 0 { return append(contentsOf: bytes) }
        let count = bytes.count + growth
        append(addingCapacity: count) { room in
            room.withUnsafeMutableBufferPointer { target, initializedCount in
                JSONEscaping.write(UnsafeRawBufferPointer(bytes), to: UnsafeMutableRawBufferPointer(target))
                initializedCount = count
            }
        }
    }
}
