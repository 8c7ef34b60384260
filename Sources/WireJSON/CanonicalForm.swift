/// The one sequence of bytes that stands for a JSON value however it is written; equal for equal values only.
///
/// A letter tells the kind of each value, and every value tells where it ends: strings and names by their length before
/// them, numbers by a fixed size, arrays and objects by a letter. Members stand in the order of their names. The text is
/// walked with a stack of its own, so nesting costs no calls.
struct CanonicalForm {
    private struct Container {
        let isObject: Bool
        /// Where its content begins in `bytes`.
        let start: Int
        /// Where its members begin in `members`.
        let firstMember: Int
    }

    private struct Member {
        let start: Int
        let valueStart: Int
    }

    private static let depthLimit = 512

    private var bytes: [UInt8] = []
    private var containers: [Container] = []
    private var members: [Member] = []
    /// Of the outermost object, as `bytes` has names.
    private var ignored: [[UInt8]] = []

    /// - Parameter names: members of the outermost object to leave out.
    static func bytes(of json: Span<UInt8>, ignoring names: [StaticString]) throws(VectorFault) -> [UInt8] {
        var form = CanonicalForm()
        form.bytes.reserveCapacity(json.count + json.count / 2)
        for name in names {
            var bytes: [UInt8] = []
            bytes.append(json: name)
            form.ignored.append(Self.size(bytes.count) + bytes)
        }
        var at = 0
        try form.read(json, &at)
        while at < json.count {
            guard [0x20, 0x0a, 0x0d, 0x09].contains(json[at]) else { throw .malformed(offset: at) }
            at += 1
        }
        return form.bytes
    }

    private mutating func read(_ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) {
        value: while true {
            let first = try JSONSkipper.peek(json, &at)
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                guard containers.count < Self.depthLimit else { throw .malformed(offset: at) }
                at += 1
                open(isObject: first == UInt8(ascii: "{"))
                // The brackets' codes are two apart.
                if try JSONSkipper.peek(json, &at) == first + 2 {
                    at += 1
                    close()
                } else {
                    if first == UInt8(ascii: "{") { try name(json, &at) }
                    continue value
                }
            } else {
                try scalar(first, json, &at)
            }
            while let container = containers.last {
                let end = container.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
                if try JSONSkipper.comma(orEnd: end, json, &at) {
                    if container.isObject { try name(json, &at) }
                    continue value
                }
                close()
            }
            return
        }
    }

    private mutating func name(_ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) {
        let start = bytes.count
        try string(json, &at)
        members.append(Member(start: start, valueStart: bytes.count))
        try JSONSkipper.expect(UInt8(ascii: ":"), json, &at)
    }

    private mutating func scalar(_ first: UInt8, _ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) {
        switch first {
        case UInt8(ascii: "\""):
            bytes.append(UInt8(ascii: "s"))
            try string(json, &at)
        case UInt8(ascii: "t"): try literal("true", json, &at)
        case UInt8(ascii: "f"): try literal("false", json, &at)
        case UInt8(ascii: "n"): try literal("null", json, &at)
        default: try CanonicalNumber(json, &at).append(to: &bytes)
        }
    }

    private mutating func literal(_ word: StaticString, _ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) {
        let end = at + word.utf8CodeUnitCount
        guard end <= json.count, JSONSkipper.equals(json, at..<end, word) else { throw .malformed(offset: at) }
        bytes.append(json[at])
        at = end
    }

    private mutating func string(_ json: Span<UInt8>, _ at: inout Int) throws(VectorFault) {
        let range = try JSONSkipper.string(json, &at)
        for index in range where json[index] < 0x20 { throw .malformed(offset: index) }
        let start = bytes.count
        bytes.append(contentsOf: Self.size(0))
        try JSONUnescaping.append(json, range, to: &bytes)
        let size = Self.size(bytes.count - start - 8)
        for index in size.indices { bytes[start + index] = size[index] }
    }

    private static func size(_ count: Int) -> [UInt8] {
        withUnsafeBytes(of: UInt64(count).bigEndian) { Array($0) }
    }

    private mutating func open(isObject: Bool) {
        bytes.append(UInt8(ascii: isObject ? "{" : "["))
        containers.append(Container(isObject: isObject, start: bytes.count, firstMember: members.count))
    }

    private mutating func close() {
        let container = containers.removeLast()
        if container.isObject { sortMembers(of: container) }
        bytes.append(UInt8(ascii: container.isObject ? "}" : "]"))
    }

    private mutating func sortMembers(of container: Container) {
        defer { members.removeSubrange(container.firstMember...) }
        let all = members[container.firstMember...].indices
        let isOutermost = containers.isEmpty && !ignored.isEmpty
        if !isOutermost, all.dropFirst().allSatisfy({ compare($0 - 1, $0) < 0 }) { return }
        let order = all.sorted { left, right in
            let difference = compare(left, right)
            return difference < 0 || difference == 0 && left < right
        }
        var content: [UInt8] = []
        content.reserveCapacity(bytes.count - container.start)
        for (place, index) in order.enumerated() {
            if place + 1 < order.count, compare(index, order[place + 1]) == 0 { continue }
            if isOutermost, ignored.contains(where: { bytes[range(index)].elementsEqual($0) }) { continue }
            let end = index + 1 < all.upperBound ? members[index + 1].start : bytes.count
            content.append(contentsOf: bytes[members[index].start..<end])
        }
        bytes.replaceSubrange(container.start..., with: content)
    }

    /// Where the name of a member stands.
    private func range(_ index: Int) -> Range<Int> {
        members[index].start..<members[index].valueStart
    }

    /// Below, at or above zero as the names of two members are in order, the same or not in order.
    private func compare(_ left: Int, _ right: Int) -> Int {
        let (left, right) = (range(left), range(right))
        for offset in 0..<min(left.count, right.count) {
            let difference = Int(bytes[left.lowerBound + offset]) - Int(bytes[right.lowerBound + offset])
            if difference != 0 { return difference }
        }
        return left.count - right.count
    }
}
