internal import Crypto

/// A model as its server describes it.
public struct EmbeddingModel: Sendable, Equatable {
    /// As the user named it.
    public var name: String
    /// Of the model's files, as the server tells it; nil where it does not.
    public var digest: String?
    /// Components a vector.
    public var dimension: Int
    /// The longest text, in tokens; nil where the server does not tell.
    public var contextLength: Int?

    public init(name: String, digest: String? = nil, dimension: Int, contextLength: Int? = nil) {
        self.name = name
        self.digest = digest
        self.dimension = dimension
        self.contextLength = contextLength
    }

    /// 16 hexadecimal digits that stand for everything that decides about a text's vector: vectors with different
    /// fingerprints are not to be compared.
    ///
    /// - Parameters:
    ///   - prefix: what is put before each text.
    ///   - overlong: what is done with a text that is too long, in one word.
    public func fingerprint(prefix: String, overlong: String) -> String {
        let parts = [
            "1", name, digest ?? "", String(dimension), prefix, overlong, contextLength.map(String.init) ?? "",
        ]
        let hash = SHA256.hash(data: Array(parts.joined(separator: "\u{1f}").utf8))
        return hash.prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
