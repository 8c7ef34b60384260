extension OllamaService {
    /// `POST /api/embed`
    func embed(_ call: HTTPCall, fault: ContentFault?) async throws -> HTTPReply {
        let started = ContinuousClock.now
        var request = try EmbedBody(call.body)
        // An empty input only loads the model.
        if request.isSingle, request.texts == [[]] { request.texts = [] }
        try admit(request)
        let (embeddings, tokens, loading) = try await embeddings(of: request, fault: fault)

        var writer = JSONWriter(reservingCapacity: 256 + embeddings.count * embeddings.dimension * 13)
        writer.raw("{\"model\":")
        writer.string(request.model)
        writer.raw(",\"embeddings\":[")
        for index in 0..<embeddings.count {
            if index > 0 { writer.raw(",") }
            embeddings.write(index, length: embeddings.length(index, of: request, under: fault), to: &writer)
        }
        writer.raw("],\"total_duration\":")
        writer.integer(max((ContinuousClock.now - started).nanoseconds, 1))
        writer.raw(",\"load_duration\":")
        writer.integer(max(loading.nanoseconds, 1))
        if tokens > 0 {
            writer.raw(",\"prompt_eval_count\":")
            writer.integer(tokens)
        }
        writer.raw("}")
        return .json(writer.bytes)
    }

    /// `POST /api/embeddings`, the older form for one text, whose errors are all 500 but for an unknown model.
    func legacyEmbeddings(_ call: HTTPCall, fault: ContentFault?) async throws -> HTTPReply {
        var request = try EmbedBody(call.body, inputKey: "prompt")
        if request.texts == [[]] { request.texts = [] }
        try admit(request)
        let embeddings: Embeddings
        do {
            (embeddings, _, _) = try await self.embeddings(of: request, fault: fault)
        } catch let refusal as OllamaFailure {
            throw OllamaFailure(status: 500, message: refusal.message)
        }
        var writer = JSONWriter(reservingCapacity: 256 + embeddings.dimension * 13)
        writer.raw("{\"embedding\":")
        if embeddings.count > 0 {
            embeddings.write(0, length: embeddings.length(0, of: request, under: fault), to: &writer)
        } else {
            writer.raw("[]")
        }
        writer.raw("}")
        return .json(writer.bytes)
    }

    /// `POST /v1/embeddings`
    func openAIEmbeddings(_ call: HTTPCall, fault: ContentFault?) async throws -> HTTPReply {
        let request = try EmbedBody(call.body)
        guard !request.texts.isEmpty else { throw OllamaFailure.badRequest("invalid input") }
        try admit(request)
        let (embeddings, tokens, _) = try await embeddings(of: request, fault: fault)

        var writer = JSONWriter(reservingCapacity: 256 + embeddings.count * embeddings.dimension * 13)
        writer.raw("{\"object\":\"list\",\"data\":[")
        for index in 0..<embeddings.count {
            if index > 0 { writer.raw(",") }
            let length = embeddings.length(index, of: request, under: fault)
            writer.raw("{\"object\":\"embedding\",\"embedding\":")
            switch request.encoding {
            case .float: embeddings.write(index, length: length, to: &writer)
            case .base64:
                writer.raw("\"")
                writer.raw(Base64.encode(embeddings.bytes(index, length: length)))
                writer.raw("\"")
            }
            writer.raw(",\"index\":")
            writer.integer(index)
            writer.raw("}")
        }
        writer.raw("],\"model\":")
        writer.string(request.model)
        writer.raw(",\"usage\":{\"prompt_tokens\":")
        writer.integer(tokens)
        writer.raw(",\"total_tokens\":")
        writer.integer(tokens)
        writer.raw("}}")
        return .json(writer.bytes)
    }
}

extension Embeddings {
    /// How many components of an embedding are printed.
    fileprivate func length(_ index: Int, of request: EmbedBody, under fault: ContentFault?) -> Int {
        guard let fault, case .wrongDimension(let length) = fault.kind, index < request.texts.count,
            fault.strikes(request.texts[index])
        else { return dimension }
        return length
    }
}

extension Duration {
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
