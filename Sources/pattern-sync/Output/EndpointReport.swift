internal import Pipeline

/// What an embedding server has done, as a report has it.
struct EndpointReport: Encodable {
    let name: String
    let texts: Int
    let requests: Int
    let failures: Int
    let concurrency: Int
    let embedBatch: Int
    let textsPerSecond: Double

    init(_ summary: EndpointSummary) {
        name = summary.name
        texts = summary.texts
        requests = summary.requests
        failures = summary.failures
        concurrency = summary.setting.concurrency
        embedBatch = summary.setting.texts
        textsPerSecond = summary.textsPerSecond
    }

    private enum CodingKeys: String, CodingKey {
        case name, texts, requests, failures, concurrency
        case embedBatch = "embed_batch"
        case textsPerSecond = "texts_per_second"
    }
}
