/// What a server has done since it started, or since its statistics were reset.
///
/// Requests of the control endpoints are not counted.
public struct ServerStatistics: Sendable, Equatable {
    public var requests = 0
    /// Keyed by route, such as `POST /api/embed` or `PUT /collections/*/points`.
    public var requestsByRoute: [String: Int] = [:]
    /// Requests that were under way at the same time, at most.
    public var maxConcurrentRequests = 0
    /// The longest body received, in bytes.
    public var largestBodyBytes = 0

    /// Requests for embeddings that came in, those that failed included.
    public var embedRequests = 0
    /// Texts for which an embedding was computed.
    public var textsEmbedded = 0
    /// Different ones among them.
    public var distinctTexts = 0
    /// How often the text that was embedded most often was.
    public var mostEmbedsOfOneText = 0
    /// Texts in the request that had most.
    public var largestEmbedRequestTexts = 0
    /// Bytes of text in the request that had most.
    public var largestEmbedRequestBytes = 0

    /// Requests that upserted points.
    public var upsertRequests = 0
    /// Points stored by them.
    public var pointsUpserted = 0
    /// Points in the request that had most.
    public var largestUpsertPoints = 0

    var json: JSONValue {
        var routes = JSONObject()
        for (route, count) in requestsByRoute.sorted(by: { $0.key < $1.key }) { routes[route] = .integer(count) }
        return [
            "requests": .integer(requests),
            "requestsByRoute": .object(routes),
            "maxConcurrentRequests": .integer(maxConcurrentRequests),
            "largestBodyBytes": .integer(largestBodyBytes),
            "embedRequests": .integer(embedRequests),
            "textsEmbedded": .integer(textsEmbedded),
            "distinctTexts": .integer(distinctTexts),
            "mostEmbedsOfOneText": .integer(mostEmbedsOfOneText),
            "largestEmbedRequestTexts": .integer(largestEmbedRequestTexts),
            "largestEmbedRequestBytes": .integer(largestEmbedRequestBytes),
            "upsertRequests": .integer(upsertRequests),
            "pointsUpserted": .integer(pointsUpserted),
            "largestUpsertPoints": .integer(largestUpsertPoints),
        ]
    }
}
