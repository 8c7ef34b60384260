public import Pipeline

/// Texts whose vectors stand for all vectors of a model: as long as they stay the same, so do the others.
///
/// A name and a digest do not tell everything. A server that was updated may make other vectors of the same model, and
/// a server that tells no digest may have got another model under the old name.
public enum Canaries {
    /// Never to be changed: their vectors stand in collections, to be compared with what the texts give today.
    public static let texts = [
        "The quick brown fox jumps over the lazy dog.",
        "for index in 0..<count { total += values[index] }",
        "Größe: 3,14 · 東京 2024 · Привет, мир!",
    ]

    /// The least agreement of two servers whose vectors may stand side by side. Rounding, which differs between
    /// processors and between requests of one and of many texts, stays far above it; another model far below.
    public static let threshold = 0.999

    /// How alike two lists of vectors of `texts` are: the lowest cosine of the pairs, 0 when they cannot be compared.
    public static func agreement(_ first: [Vector], _ second: [Vector]) -> Double {
        guard first.count == second.count else { return 0 }
        return zip(first, second).map { VectorSimilarity.cosine($0, $1) ?? 0 }.min() ?? 0
    }
}
