internal import CurlHTTP
public import Pipeline
internal import WireJSON

extension QdrantGenerations {
    /// Lets the configured name stand for the generation: at one stroke, where it stood for another.
    ///
    /// - Throws: `.setup` when it is no complete generation of ours, or the configured name is a collection's.
    public func makeLive(_ name: CollectionName) async throws(PipelineError) {
        try await checkComplete(name)
        switch try await client.naming() {
        case .missing: try await point(to: name, replacing: false)
        case .generation(name): break
        case .generation: try await point(to: name, replacing: true)
        case .collection:
            throw PipelineError(
                .setup,
                "\(client.configured) is a collection, an alias of one of its generations was expected",
                remedy: "replace the collection by the generation \(name)"
            )
        }
    }

    /// Deletes the collection of the configured name, and makes that name an alias of the generation. Searches that
    /// come in between find nothing.
    ///
    /// What else is lost with the collection is the caller's to decide: points that bear nobody's name go with it. It
    /// is left alone when it holds points of another sync, or has an alias.
    ///
    /// - Throws: `.setup` when it is no complete generation of ours, or the collection is left alone.
    public func replaceCollection(by name: CollectionName) async throws(PipelineError) {
        try await checkComplete(name)
        let aliases = try await client.aliases()
        switch try await client.naming(aliases) {
        case .collection:
            try Self.checkHasNoAlias(client.configured, aliases)
            let foreign = try await client.count(PointOwnership(source: source).foreign)
            guard foreign == 0 else {
                throw PipelineError(
                    .setup,
                    "the collection \(client.configured) holds points of other syncs (\(foreign)), and is not deleted",
                    remedy: "move them to a collection of their own first"
                )
            }
            _ = try await client.send(.delete)
            try await point(to: name, replacing: false)
        case .missing, .generation: try await makeLive(name)
        }
    }

    /// Deletes a generation that is not live. One that is not there is no error.
    ///
    /// - Throws: `.setup` when it is live, bears another name besides, or is not known as ours.
    public func drop(_ name: CollectionName) async throws(PipelineError) {
        let target = try generation(name)
        guard let state = try await target.state() else { return }
        _ = try stamp(in: state, name)
        let aliases = try await client.aliases()
        if case .generation(name) = try await client.naming(aliases) {
            throw PipelineError(
                .setup,
                "the generation \(name) is live: \(client.configured) is its alias",
                remedy: "make another generation live first"
            )
        }
        try Self.checkHasNoAlias(name, aliases)
        _ = try await target.send(.delete)
    }

    /// - Throws: `.setup` when an alias, which must be somebody else's, would be lost with the collection.
    private static func checkHasNoAlias(_ name: CollectionName, _ aliases: [Alias]) throws(PipelineError) {
        guard let alias = aliases.first(where: { $0.collection == name.description }) else { return }
        throw PipelineError(
            .setup,
            "the collection \(name) is not deleted, since \(alias.name) is an alias of it",
            remedy: "point that alias elsewhere first"
        )
    }

    /// - Throws: `.setup` when it is no complete generation of ours. A server does not check that before it takes the
    ///   old alias away.
    private func checkComplete(_ name: CollectionName) async throws(PipelineError) {
        let target = try generation(name)
        guard let state = try await target.state() else { throw Self.missing(name) }
        guard try stamp(in: state, name)?.building != true else {
            throw PipelineError(
                .setup,
                "the generation \(name) is not complete",
                remedy: "go on with building it, or drop it"
            )
        }
    }

    private func point(to name: CollectionName, replacing: Bool) async throws(PipelineError) {
        var body: [UInt8] = []
        body.append(json: "{\"actions\":[")
        if replacing {
            body.append(json: "{\"delete_alias\":{\"alias_name\":")
            body.append(jsonString: client.configured.description)
            body.append(json: "}},")
        }
        body.append(json: "{\"create_alias\":{\"collection_name\":")
        body.append(jsonString: name.description)
        body.append(json: ",\"alias_name\":")
        body.append(jsonString: client.configured.description)
        body.append(json: "}}]}")
        _ = try await client.send(.post, .aliasChanges, body)
    }
}
