/// Walks over an answer from front to back and hands out what is asked for; the rest is passed over, not decoded.
///
/// ```swift
/// var cursor = JSONCursor(answer)
/// guard try cursor.enterObject() else { … }
/// while try cursor.nextMember() {
///     if cursor.isNamed("id") { id = try cursor.value() } else { try cursor.skip() }
/// }
/// ```
///
/// After a member or an element was announced, exactly one value is to be read, entered or skipped. Everything throws
/// `.malformed` where the text ends too early or is no JSON there.
public struct JSONCursor: Sendable {
    private let json: [UInt8]
    private var at = 0
    /// Whether a container was entered and nothing was read in it yet.
    private var isAtStart = false
    /// Of the member that was announced last, between its quotes.
    private var name = 0..<0

    public init(_ json: [UInt8]) {
        self.json = json
    }

    /// Moves to the next value and answers its offset.
    public mutating func start() throws(VectorFault) -> Int {
        _ = try peek()
        return at
    }

    /// What was passed over since this offset.
    public func bytes(from start: Int) -> ArraySlice<UInt8> {
        json[start..<at]
    }

    /// Steps into the object that comes next; a value of another kind is passed over, and the answer is false.
    public mutating func enterObject() throws(VectorFault) -> Bool {
        try enter(UInt8(ascii: "{"))
    }

    /// Steps into the array that comes next; a value of another kind is passed over, and the answer is false.
    public mutating func enterArray() throws(VectorFault) -> Bool {
        try enter(UInt8(ascii: "["))
    }

    /// Moves to the next member's value; at the object's end steps out of it and answers false.
    public mutating func nextMember() throws(VectorFault) -> Bool {
        guard try next(before: UInt8(ascii: "}")) else { return false }
        name = try text()
        var at = at
        try JSONSkipper.expect(UInt8(ascii: ":"), json.span, &at)
        self.at = at
        return true
    }

    /// Moves to the next element; at the array's end steps out of it and answers false.
    public mutating func nextElement() throws(VectorFault) -> Bool {
        try next(before: UInt8(ascii: "]"))
    }

    /// Whether the member that was announced last has this name, however it is spelt.
    public func isNamed(_ text: StaticString) -> Bool {
        if JSONSkipper.equals(json.span, name, text) { return true }
        // Only a name with escapes is longer than what it stands for.
        guard name.count > text.utf8CodeUnitCount, json[name].contains(UInt8(ascii: "\\")) else { return false }
        var plain: [UInt8] = []
        guard (try? JSONUnescaping.append(json.span, name, to: &plain)) != nil else { return false }
        return JSONSkipper.equals(plain.span, plain.indices, text)
    }

    /// Moves over the next value.
    public mutating func skip() throws(VectorFault) {
        // Copied in and out, here and below: reading the text bars writing to the cursor meanwhile.
        var at = at
        try JSONSkipper.value(json.span, &at)
        self.at = at
    }

    /// Moves over the next value and answers its bytes.
    public mutating func value() throws(VectorFault) -> ArraySlice<UInt8> {
        let start = try start()
        try skip()
        return json[start..<at]
    }

    /// Moves over the next value and answers what it says if it is a string: without quotes and escapes.
    public mutating func string() throws(VectorFault) -> ArraySlice<UInt8>? {
        guard try peek() == UInt8(ascii: "\"") else {
            try skip()
            return nil
        }
        let range = try text()
        guard json[range].contains(UInt8(ascii: "\\")) else { return json[range] }
        var plain: [UInt8] = []
        try JSONUnescaping.append(json.span, range, to: &plain)
        return plain[...]
    }

    /// Moves over the next value and answers its bytes if it is a vector that can be used: see ``VectorScan``.
    ///
    /// - Parameter dimension: the number of components it must have; nil takes any number but zero.
    public mutating func vector(dimension: Int?) throws(VectorFault) -> ArraySlice<UInt8>? {
        var at = at
        guard let range = try? VectorScan.vector(json.span, &at, index: 0, dimension: dimension) else {
            try skip()
            return nil
        }
        self.at = at
        return json[range]
    }

    /// Moves to the next value and answers its first byte.
    private mutating func peek() throws(VectorFault) -> UInt8 {
        var at = at
        let byte = try JSONSkipper.peek(json.span, &at)
        self.at = at
        return byte
    }

    /// Moves over a string and answers the range between its quotes.
    private mutating func text() throws(VectorFault) -> Range<Int> {
        var at = at
        let range = try JSONSkipper.string(json.span, &at)
        self.at = at
        return range
    }

    private mutating func enter(_ bracket: UInt8) throws(VectorFault) -> Bool {
        guard try peek() == bracket else {
            try skip()
            return false
        }
        at += 1
        isAtStart = true
        return true
    }

    private mutating func next(before end: UInt8) throws(VectorFault) -> Bool {
        if isAtStart {
            isAtStart = false
            guard try peek() == end else { return true }
            at += 1
            return false
        }
        var at = at
        let isComma = try JSONSkipper.comma(orEnd: end, json.span, &at)
        self.at = at
        return isComma
    }
}
