/// Finds the vectors in an embedding server's answer and checks each in one pass over its bytes.
///
/// The vectors are not decoded: they come back as slices of the answer, to be sent on as they are. What is checked is
/// what a store would otherwise choke on or quietly spoil: the number of components, each a number by JSON's grammar
/// that a 32-bit float can hold, not all of them zero.
public enum VectorScan {
    /// About as many vectors as an answer has.
    private static let usualCount = 32

    /// The vectors of `{"embeddings": [[…], …]}`, in order.
    ///
    /// - Parameter dimension: the number of components each must have; nil takes any number but zero.
    public static func embeddings(in answer: [UInt8], dimension: Int?) throws(VectorFault) -> [ArraySlice<UInt8>] {
        let json = answer.span
        var found: [ArraySlice<UInt8>]?
        var at = 0
        try JSONSkipper.members(json, &at) { (name, at) throws(VectorFault) in
            guard JSONSkipper.equals(json, name, "embeddings") else { return false }
            var vectors: [ArraySlice<UInt8>] = []
            vectors.reserveCapacity(usualCount)
            try JSONSkipper.elements(json, &at) { (at) throws(VectorFault) in
                vectors.append(answer[try vector(json, &at, index: vectors.count, dimension: dimension)])
            }
            found = vectors
            return true
        }
        guard let found else { throw .missing }
        return found
    }

    /// The vectors of `{"data": [{"index": 0, "embedding": […]}, …]}`, in the order of their numbers.
    ///
    /// - Parameter dimension: the number of components each must have; nil takes any number but zero.
    public static func numberedEmbeddings(
        in answer: [UInt8],
        dimension: Int?
    ) throws(VectorFault) -> [ArraySlice<UInt8>] {
        let json = answer.span
        var found: [(number: Int, vector: ArraySlice<UInt8>)]?
        var at = 0
        try JSONSkipper.members(json, &at) { (name, at) throws(VectorFault) in
            guard JSONSkipper.equals(json, name, "data") else { return false }
            var vectors: [(number: Int, vector: ArraySlice<UInt8>)] = []
            vectors.reserveCapacity(usualCount)
            try JSONSkipper.elements(json, &at) { (at) throws(VectorFault) in
                vectors.append(try numbered(answer, &at, place: vectors.count, dimension: dimension))
            }
            found = vectors
            return true
        }
        guard let found else { throw .missing }
        var ordered = [ArraySlice<UInt8>?](repeating: nil, count: found.count)
        for (number, vector) in found {
            guard ordered.indices.contains(number), ordered[number] == nil else { throw .misplaced }
            ordered[number] = vector
        }
        return ordered.compactMap(\.self)
    }

    /// How many components a vector has that this scan approved.
    public static func componentCount(_ vector: ArraySlice<UInt8>) -> Int {
        1 + vector.count { $0 == UInt8(ascii: ",") }
    }

    private static func numbered(
        _ answer: [UInt8],
        _ at: inout Int,
        place: Int,
        dimension: Int?
    ) throws(VectorFault) -> (number: Int, vector: ArraySlice<UInt8>) {
        let json = answer.span
        var number: Int?
        var slice: ArraySlice<UInt8>?
        try JSONSkipper.members(json, &at) { (name, at) throws(VectorFault) in
            if JSONSkipper.equals(json, name, "index") {
                _ = try JSONSkipper.peek(json, &at)
                let start = at
                try JSONSkipper.value(json, &at)
                number = Int(String(decoding: answer[start..<at], as: UTF8.self))
                return true
            }
            if JSONSkipper.equals(json, name, "embedding") {
                slice = answer[try vector(json, &at, index: place, dimension: dimension)]
                return true
            }
            return false
        }
        guard let number, let slice else { throw .malformed(offset: at) }
        return (number, slice)
    }

    /// Moves over one vector and answers its range, brackets included.
    static func vector(
        _ json: Span<UInt8>,
        _ at: inout Int,
        index: Int,
        dimension: Int?
    ) throws(VectorFault) -> Range<Int> {
        _ = try JSONSkipper.peek(json, &at)
        let start = at
        var count = 0
        var isAllZero = true
        // Where a run of plain components may begin again.
        var runStart = 0
        try JSONSkipper.elements(json, &at) { (at) throws(VectorFault) in
            if !isAllZero, at >= runStart {
                let run = ComponentRun.skip(json, &at)
                count += run.count
                runStart = run.end
            }
            _ = try JSONSkipper.peek(json, &at)
            switch try NumberScan.number(json, &at) {
            case .nonzero: isAllZero = false
            case .zero: break
            case .notFinite: throw .notFinite(index: index)
            }
            count += 1
        }
        if let dimension, count != dimension {
            throw .wrongDimension(index: index, found: count, expected: dimension)
        }
        if isAllZero { throw .allZero(index: index) }
        return start..<at
    }
}
