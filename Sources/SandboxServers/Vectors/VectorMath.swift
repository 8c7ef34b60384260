/// Arithmetic over vectors of Float32, eight components at a time.
enum VectorMath {
    /// Divides by the Euclidean length; a vector of length 0 stays as it is.
    static func normalise(_ vector: UnsafeMutableBufferPointer<Float>) {
        let length = dot(UnsafeBufferPointer(vector), UnsafeBufferPointer(vector)).squareRoot()
        guard length > 0, length.isFinite else { return }
        for index in vector.indices { vector[index] /= length }
    }

    static func dot(_ left: UnsafeBufferPointer<Float>, _ right: UnsafeBufferPointer<Float>) -> Float {
        reduce(left, right) { $0 * $1 }
    }

    /// The sum of the squares of the differences.
    static func squaredDistance(_ left: UnsafeBufferPointer<Float>, _ right: UnsafeBufferPointer<Float>) -> Float {
        reduce(left, right) { ($0 - $1) * ($0 - $1) }
    }

    /// The sum of the absolute differences.
    static func manhattanDistance(_ left: UnsafeBufferPointer<Float>, _ right: UnsafeBufferPointer<Float>) -> Float {
        reduce(left, right) { lanes, others in
            let difference = lanes - others
            return difference.replacing(with: -difference, where: difference .< 0)
        }
    }

    @inline(__always)
    private static func reduce(
        _ left: UnsafeBufferPointer<Float>,
        _ right: UnsafeBufferPointer<Float>,
        _ term: (SIMD8<Float>, SIMD8<Float>) -> SIMD8<Float>
    ) -> Float {
        let count = min(left.count, right.count)
        guard count > 0, let left = UnsafeRawPointer(left.baseAddress), let right = UnsafeRawPointer(right.baseAddress)
        else { return 0 }
        let stride = MemoryLayout<Float>.stride
        var sums = SIMD8<Float>.zero
        var index = 0
        while index + 8 <= count {
            sums += term(
                left.loadUnaligned(fromByteOffset: index * stride, as: SIMD8<Float>.self),
                right.loadUnaligned(fromByteOffset: index * stride, as: SIMD8<Float>.self)
            )
            index += 8
        }
        var tail = (SIMD8<Float>.zero, SIMD8<Float>.zero)
        for lane in 0..<count - index {
            tail.0[lane] = left.loadUnaligned(fromByteOffset: (index + lane) * stride, as: Float.self)
            tail.1[lane] = right.loadUnaligned(fromByteOffset: (index + lane) * stride, as: Float.self)
        }
        return (sums + term(tail.0, tail.1)).sum()
    }
}
