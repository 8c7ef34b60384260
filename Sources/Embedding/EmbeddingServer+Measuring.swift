public import Pipeline
internal import WireJSON

/// What a server tells of a request beside the vectors.
public struct EmbeddingCost: Sendable, Equatable {
    /// Of all texts together; nil where the server does not count them.
    public var tokens: Int?
    /// How long the request waited for the model, where the server tells.
    public var loading: Duration?
}

/// A model that may have had to be loaded, and what its first request took.
public struct FirstAnswer: Sendable, Equatable {
    /// Whether the model was loaded before; nil where the server does not tell.
    public var hadModel: Bool?
    /// Of the whole request, loading included.
    public var duration: Duration
    /// What of it was loading, as the server says.
    public var loading: Duration?
}

extension EmbeddingServer {
    /// Embeds the texts as an embedder does, for the sake of what it costs.
    ///
    /// - Parameters:
    ///   - dimension: that the vectors have to have.
    ///   - prefix: put before each text.
    ///   - deadline: how long it may take.
    public func measure(
        _ texts: [Bytes],
        prefix: String,
        dimension: Int?,
        within deadline: Duration
    ) async throws(PipelineError) -> EmbeddingCost {
        let (_, answer) = try await exchange(texts, prefix: prefix, dimension: dimension, within: deadline)
        return AnswerCost.read(answer)
    }

    /// Sends one short text, which loads the model where it is not loaded, and takes the time.
    ///
    /// - Parameter clock: measures.
    public func firstAnswer(_ clock: RunClock) async throws(PipelineError) -> FirstAnswer {
        let hadModel = await isLoaded()
        let began = clock.now
        let cost = try await measure(
            [Array(Canaries.texts[0].utf8)[...]],
            prefix: "",
            dimension: nil,
            within: connection.timeout
        )
        return FirstAnswer(hadModel: hadModel, duration: clock.now - began, loading: cost.loading)
    }

    /// Has the server forget its model, and waits until it has.
    ///
    /// - Returns: whether it has; false where it cannot be told to, or does not.
    public func unload(_ clock: RunClock) async throws(PipelineError) -> Bool {
        // What is not loaded would be loaded for it first.
        guard let isLoaded = await isLoaded() else { return false }
        guard isLoaded else { return true }
        var body: [UInt8] = []
        body.append(json: "{\"model\":")
        body.append(jsonString: model)
        body.append(json: ",\"input\":[],\"keep_alive\":0}")
        _ = try await connection.post(dialect.path, body)
        // Ollama answers before the model is gone.
        let deadline = clock.now + .seconds(30)
        while clock.now < deadline {
            if await self.isLoaded() == false { return true }
            try await clock.sleep(.milliseconds(100))
        }
        return false
    }

    /// Whether the model is loaded; nil where the server does not tell.
    private func isLoaded() async -> Bool? {
        guard let names = try? await dialect.loadedModels(connection) else { return nil }
        return names.contains(model) || names.contains(model + ":latest")
    }
}

/// The costs in an answer: Ollama has them behind the vectors, others before or behind.
enum AnswerCost {
    /// The members stand this near the beginning or the end of the answer, outside of the vectors.
    private static let reach = 2_048

    static func read(_ answer: [UInt8]) -> EmbeddingCost {
        let ends = [answer.suffix(reach), answer.prefix(reach)]
        func number(_ member: String) -> Int? {
            let key = Array("\"\(member)\"".utf8)
            for end in ends {
                if let value = Self.number(after: key, in: end) { return value }
            }
            return nil
        }
        return EmbeddingCost(
            tokens: number("prompt_eval_count") ?? number("total_tokens"),
            loading: number("load_duration").map { .nanoseconds($0) }
        )
    }

    /// The whole number that is the value of `key`, quotes included; nil where there is none.
    private static func number(after key: [UInt8], in bytes: Bytes) -> Int? {
        guard let range = bytes.firstRange(of: key) else { return nil }
        let isSpace: (UInt8) -> Bool = { $0 <= UInt8(ascii: " ") }
        let rest = bytes[range.upperBound...].drop(while: isSpace)
        guard rest.first == UInt8(ascii: ":") else { return nil }
        let digits = rest.dropFirst().drop(while: isSpace).prefix {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
