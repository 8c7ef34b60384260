/// How much of a server's room is used: the requests in flight, and the most texts of each.
public struct LimiterSetting: Sendable, Hashable {
    public var concurrency: Int
    public var texts: Int

    public init(concurrency: Int, texts: Int) {
        self.concurrency = concurrency
        self.texts = texts
    }

    /// What suits a server that embeds one text after another: one request is worked on, the next is there.
    public static let initial = LimiterSetting(concurrency: 2, texts: 16)
    /// No setting is larger.
    static let largest = LimiterSetting(concurrency: 64, texts: 256)
}
