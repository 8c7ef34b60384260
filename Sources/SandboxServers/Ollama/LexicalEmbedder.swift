/// Embeds a text by the words and parts of words in it, so that texts that share words are near each other.
///
/// Words, pairs of neighbouring words and the 3 to 5 letter parts of words are hashed into the components of a vector,
/// weighted by 1 + log of their frequency and by how much they say; the vector is normalised to length 1. The same text
/// gives the same vector in every process.
struct LexicalEmbedder {
    private enum Weight {
        static let word: Float = 1
        static let pair: Float = 0.6
        static let part: Float = 0.25
        /// For words that are in every sentence or every program.
        static let commonplace: Float = 0.15
    }

    /// What a model's callers put before their texts to say which side they are; it says nothing about the content.
    private static let prefixes = ["search_document: ", "search_query: "].map { Array($0.utf8) }

    private static let commonplaces: Set<UInt64> = Set(
        """
        a an and are as at be by can do does for from get has have how i if in into is it its me my of on or our \
        set so some that the their them then there this to was we what when where which with you your code \
        class const def else end fn func function import int let new null nil public private return self static \
        str string var void val
        """.split(separator: " ").map { StableHash.of($0.utf8) }
    )

    /// Makes another embedder of each value, whose vectors are not to be compared with the others'.
    private let salt: UInt64
    private var words = WordSplitter()
    private var features = FeatureTable()

    init(salt: UInt64 = 0) {
        self.salt = salt
    }

    /// Appends the embedding of `text`, of `dimension` components.
    mutating func embed(_ text: [UInt8], dimension: Int, into vectors: inout [Float]) {
        let prefix = Self.prefixes.first { text.starts(with: $0) }?.count ?? 0
        text.withUnsafeBufferPointer { words.split(UnsafeBufferPointer(rebasing: $0[prefix...])) }
        collectFeatures()
        let start = vectors.count
        vectors.append(contentsOf: repeatElement(0, count: dimension))
        vectors.withUnsafeMutableBufferPointer { buffer in
            let vector = UnsafeMutableBufferPointer(rebasing: buffer[start...])
            features.drain(into: vector, salt: salt)
            VectorMath.normalise(vector)
        }
    }

    private mutating func collectFeatures() {
        // A text without words still has a direction of its own, as with a model that frames its input.
        if words.wordCount == 0 { features.add(StableHash().value, weight: 1) }
        words.letters.withUnsafeBufferPointer { letters in
            var previous: UInt64?
            for index in 0..<words.wordCount {
                let range = words.word(index)
                let word = UnsafeBufferPointer(rebasing: letters[range])
                let hash = StableHash.of(word)
                if Self.commonplaces.contains(hash) || word.count < 2 {
                    features.add(hash, weight: Weight.commonplace)
                    continue
                }
                features.add(hash, weight: Weight.word)
                if let previous {
                    // Rotated, so that "line file" is another pair than "file line".
                    features.add((previous << 17 | previous >> 47) ^ hash, weight: Weight.pair)
                }
                previous = hash
                collectParts(of: word)
            }
        }
    }

    /// The parts of 3 to 5 letters, the word's edges counting as a letter.
    private mutating func collectParts(of word: UnsafeBufferPointer<UInt8>) {
        let length = word.count + 2
        for start in 0..<max(length - 2, 0) {
            var hash = StableHash()
            hash.combine(0x02)
            for offset in 0..<min(5, length - start) {
                let position = start + offset
                hash.combine(position == 0 || position == length - 1 ? 0x01 : word[position - 1])
                if offset >= 2 { features.add(hash.value, weight: Weight.part) }
            }
        }
    }
}
