/// What an embedding server has done in a run, and at which setting in the end.
public struct EndpointSummary: Sendable, Equatable {
    public var name: String
    /// Texts of requests that were answered.
    public var texts: Int
    public var requests: Int
    /// Requests that it failed, or found too large.
    public var failures: Int
    public var setting: LimiterSetting
    /// While it had something to do.
    public var textsPerSecond: Double
}

extension EndpointSummary {
    init(_ server: EndpointState) {
        let work = server.work
        self.init(
            name: server.embedder.name,
            texts: work.texts,
            requests: work.requests,
            failures: work.failures,
            setting: server.chosen,
            textsPerSecond: work.busy > .zero ? Double(work.texts) / (work.busy / .seconds(1)) : 0
        )
    }
}
