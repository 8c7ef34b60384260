/// The answers that the tests scan.
enum Answer {
    /// `{"embeddings": …}` as an embedding server prints it.
    static func plain(_ vectors: [String]) -> [UInt8] {
        Array(#"{"model":"m","embeddings":[\#(vectors.joined(separator: ","))],"total_duration":14}"#.utf8)
    }

    /// `{"data": …}` with each vector's number.
    static func numbered(_ vectors: [(number: String, vector: String)]) -> [UInt8] {
        let elements = vectors.map { #"{"object":"embedding","index":\#($0.number),"embedding":\#($0.vector)}"# }
        return Array(#"{"object":"list","data":[\#(elements.joined(separator: ","))],"model":"m"}"#.utf8)
    }

    static func strings(_ vectors: [ArraySlice<UInt8>]) -> [String] {
        vectors.map { String(decoding: $0, as: UTF8.self) }
    }
}
