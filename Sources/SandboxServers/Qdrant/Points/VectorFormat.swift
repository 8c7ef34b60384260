/// What is stored of a vector.
struct VectorFormat: Sendable, Equatable {
    let distance: Distance
    let datatype: Datatype

    enum Datatype: String, Sendable, CaseIterable {
        case float32, float16, uint8
    }

    /// Makes a vector what is stored of it.
    func prepare(_ vector: UnsafeMutableBufferPointer<Float>) {
        distance.prepare(vector)
        switch datatype {
        case .float32: break
        case .float16: for index in vector.indices { vector[index] = Self.half(vector[index]) }
        case .uint8:
            for index in vector.indices { vector[index] = min(max(vector[index].rounded(.towardZero), 0), 255) }
        }
    }

    /// The nearest number that 16 bits can hold. The type for such numbers is not there on every platform.
    static func half(_ number: Float) -> Float {
        guard number.isFinite else { return number }
        // Eleven bits that count, and no step smaller than 2⁻²⁴.
        let exponent = max(number.exponent, -14)
        let step = Float(sign: .plus, exponent: Int(exponent) - 10, significand: 1)
        let rounded = (number / step).rounded(.toNearestOrEven) * step
        return abs(rounded) > 65_504 ? number * .infinity : rounded
    }
}
