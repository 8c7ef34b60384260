/// The embeddings of one request, in one buffer.
struct Embeddings {
    private(set) var dimension: Int
    private(set) var count: Int
    private var components: [Float]
    /// Indices of embeddings whose first component is printed as null.
    private var spoiled: Set<Int> = []

    init(dimension: Int, count: Int, components: [Float]) {
        self.dimension = dimension
        self.count = count
        self.components = components
    }

    /// Keeps the first components of each embedding and normalises what is left.
    mutating func shorten(to newDimension: Int) {
        var shortened: [Float] = []
        shortened.reserveCapacity(count * newDimension)
        for index in 0..<count {
            shortened.append(contentsOf: components[index * dimension..<index * dimension + newDimension])
        }
        components = shortened
        dimension = newDimension
        components.withUnsafeMutableBufferPointer { buffer in
            for index in 0..<count {
                VectorMath.normalise(
                    UnsafeMutableBufferPointer(rebasing: buffer[index * dimension..<(index + 1) * dimension])
                )
            }
        }
    }

    /// Commits a fault that strikes single embeddings, or their number.
    mutating func commit(_ fault: ContentFault, texts: [[UInt8]]) {
        let struck = texts.indices.filter { fault.strikes(texts[$0]) }
        switch fault.kind {
        case .wrongCount(let difference): resize(to: max(count + difference, 0))
        case .nullComponent: spoiled = Set(struck)
        case .zeroVector:
            for index in struck {
                for component in index * dimension..<(index + 1) * dimension { components[component] = 0 }
            }
        default: break
        }
    }

    private mutating func resize(to newCount: Int) {
        guard dimension > 0, count > 0 else { return }
        while count < newCount {
            components.append(contentsOf: Array(components.suffix(dimension)))
            count += 1
        }
        count = newCount
    }

    /// Appends one embedding as a JSON array.
    /// - Parameter length: components to print; more than there are begin again with the first.
    func write(_ index: Int, length: Int, to writer: inout JSONWriter) {
        guard length == dimension, !spoiled.contains(index) else {
            writer.raw("[")
            for position in 0..<length {
                if position > 0 { writer.raw(",") }
                if position == 0, spoiled.contains(index) {
                    writer.raw("null")
                } else {
                    writer.float(components[index * dimension + position % dimension])
                }
            }
            return writer.raw("]")
        }
        components.withUnsafeBufferPointer { components in
            writer.floats(UnsafeBufferPointer(rebasing: components[index * dimension..<(index + 1) * dimension]))
        }
    }

    /// One embedding's components as little-endian bytes.
    func bytes(_ index: Int, length: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length * 4)
        for position in 0..<length {
            let bits = components[index * dimension + position % dimension].bitPattern.littleEndian
            withUnsafeBytes(of: bits) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}
