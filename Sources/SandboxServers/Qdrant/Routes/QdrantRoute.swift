/// A request's kind, and the names in its path.
struct QdrantRoute {
    /// Method and path with `*` for the names, such as `PUT /collections/*/points`.
    let pattern: String
    let collection: String
    /// The last segment of `GET /collections/*/points/*` and `DELETE /collections/*/index/*`.
    let argument: String

    init(_ call: HTTPCall) {
        var segments = call.segments
        var collection = ""
        var argument = ""
        if segments.first == "collections", segments.count > 1, segments != ["collections", "aliases"] {
            collection = segments[1]
            segments[1] = "*"
            if segments.count == 4, segments[2] == "index" || (segments[2] == "points" && call.method == "GET") {
                argument = segments[3]
                segments[3] = "*"
            }
        }
        pattern = "\(call.method) /\(segments.joined(separator: "/"))"
        self.collection = collection
        self.argument = argument
    }
}
