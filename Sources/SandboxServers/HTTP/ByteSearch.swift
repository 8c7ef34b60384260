enum ByteSearch {
    /// Whether `needle` occurs in `haystack`; an empty one does.
    static func contains(_ needle: [UInt8], in haystack: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        guard haystack.count >= needle.count else { return false }
        return haystack.withUnsafeBufferPointer { haystack in
            needle.withUnsafeBufferPointer { needle in
                for start in 0...haystack.count - needle.count where haystack[start] == first {
                    if (1..<max(needle.count, 1)).allSatisfy({ haystack[start + $0] == needle[$0] }) { return true }
                }
                return false
            }
        }
    }
}
