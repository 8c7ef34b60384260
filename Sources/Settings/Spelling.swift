/// What somebody may have meant who wrote something else.
enum Spelling {
    /// The nearest of the words; nil where none is near: it may be no slip at all.
    static func nearest(to written: String, in words: some Sequence<String>) -> String? {
        let text = Array(written.lowercased())
        let nearest = words.map { (word: $0, distance: distance(text, Array($0))) }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        guard let nearest, nearest.distance * 3 <= text.count else { return nil }
        return nearest.word
    }

    /// How many characters have to be put in, taken out or replaced (Levenshtein).
    private static func distance(_ text: [Character], _ word: [Character]) -> Int {
        var row = Array(0...word.count)
        for (line, character) in text.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in word.enumerated() {
                let replaced = diagonal + (character == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[word.count]
    }
}
