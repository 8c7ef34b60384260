/// Comparing JSON by value.
public enum JSONEquality {
    /// Whether two JSON texts are the same value.
    ///
    /// - Numbers are compared as stores of JSON keep them: integers of 64 bits, signed or not, exactly, all others as
    ///   doubles, which may be neighbours: some stores read the last digit of a long fraction wrong. `1.0` and `1e0`
    ///   are 1, `-0` is 0.
    /// - Strings are the same when their bytes are, escapes resolved: two spellings of one character are different.
    /// - The members of an object have no order; of several with one name the last counts.
    ///
    /// A text that is no JSON, is nested deeper than 512 levels or holds a number beyond a double equals nothing.
    ///
    /// - Parameter names: members of the outermost object that do not count, on either side.
    public static func areEqual(
        _ left: ArraySlice<UInt8>,
        _ right: ArraySlice<UInt8>,
        ignoring names: [StaticString] = []
    ) -> Bool {
        guard let left = try? CanonicalForm.bytes(of: left.span, ignoring: names),
            let right = try? CanonicalForm.bytes(of: right.span, ignoring: names)
        else { return false }
        return left == right || areNeighbours(left, right)
    }

    /// Whether two canonical forms differ in nothing but doubles that are next to each other.
    private static func areNeighbours(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var at = 0
        while at < left.count {
            let kind = left[at]
            guard right[at] == kind else { return false }
            let end: Int
            switch kind {
            case UInt8(ascii: "s"): end = at + 9 + size(left, at + 1)
            // A name begins with its length, whose first byte is always zero.
            case 0: end = at + 8 + size(left, at)
            case UInt8(ascii: "+"), UInt8(ascii: "-"): end = at + 9
            case UInt8(ascii: "d"):
                guard areNeighbours(double(left, at + 1), double(right, at + 1)) else { return false }
                at += 9
                continue
            default: end = at + 1
            }
            guard left[at..<end] == right[at..<end] else { return false }
            at = end
        }
        return true
    }

    private static func areNeighbours(_ left: Double, _ right: Double) -> Bool {
        left == right || left.nextUp == right || left.nextDown == right
    }

    private static func size(_ form: [UInt8], _ at: Int) -> Int {
        form[at..<at + 8].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func double(_ form: [UInt8], _ at: Int) -> Double {
        form.withUnsafeBytes { Double(bitPattern: $0.loadUnaligned(fromByteOffset: at, as: UInt64.self)) }
    }
}
