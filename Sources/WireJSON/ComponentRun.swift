/// A run of components in the form in which servers print nearly all of them, each with the comma behind it: `-0.0123,`.
///
/// Such a component has one digit before its point, so it is finite, and it is no number only where two or three bytes
/// that stand side by side say so. That lets a whole block of bytes be checked without a branch, sixteen or more at a time
/// where the processor can. What is written otherwise (`1`, `12.5`, `1e-05`, white space) ends the run, and is for
/// `NumberScan` to judge.
enum ComponentRun {
    /// Bytes that are checked together; their commas can be counted in eight bits.
    static let blockSize = 64

    /// Moves over components from `at`, which is behind the comma of another one, to behind the last one that was passed.
    ///
    /// - Returns: how many were passed, and where trying again is worth it: behind the block that ended the run.
    static func skip(_ json: Span<UInt8>, _ at: inout Int) -> (count: Int, end: Int) {
        let start = at
        var count = 0
        while json.count - at >= blockSize, let commas = commas(json, at) {
            count += commas
            at += blockSize
        }
        let end = at + blockSize
        // What follows the last comma is unfinished.
        while at > start, json[at - 1] != UInt8(ascii: ",") { at -= 1 }
        return (count, end)
    }

    /// The number of commas in the block at `start`; nil where not all of it is of that form.
    @inline(__always)
    private static func commas(_ json: Span<UInt8>, _ start: Int) -> Int? {
        precondition(start >= 2 && json.count - start >= blockSize)
        var isGood: UInt8 = 0xff
        var commas: UInt8 = 0
        for offset in 0..<blockSize {
            // Unchecked, for a check a byte would keep the loop from being vectorised: the precondition holds for all.
            let byte = json[unchecked: start &+ offset]
            let before = json[unchecked: start &+ offset &- 1]
            let secondBefore = json[unchecked: start &+ offset &- 2]
            let isComma = mask(byte == UInt8(ascii: ","))
            let isMinus = mask(byte == UInt8(ascii: "-"))
            let isPoint = mask(byte == UInt8(ascii: "."))
            // All that may stand here and is less than a digit is a comma, a minus or a point, in this order.
            let isBehindDigit = mask(before >= UInt8(ascii: "0"))
            let isBehindFirstDigit = mask(secondBefore < UInt8(ascii: ".")) & isBehindDigit
            isGood &= mask(byte &- UInt8(ascii: "0") < 10) | isComma | isMinus | isPoint
            isGood &= ~isComma | isBehindDigit
            isGood &= ~isMinus | mask(before == UInt8(ascii: ","))
            isGood &= ~(isPoint ^ isBehindFirstDigit)
            commas &-= isComma
        }
        return isGood == 0xff ? Int(commas) : nil
    }

    @inline(__always)
    private static func mask(_ condition: Bool) -> UInt8 {
        condition ? 0xff : 0
    }
}
