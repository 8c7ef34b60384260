internal import CurlHTTP
internal import FoundationEssentials
public import Pipeline

/// What the configured name stands for.
public enum Naming: Sendable, Equatable {
    /// Nothing yet.
    case missing
    /// A collection of that name.
    case collection
    /// A generation of the collection, the name being an alias.
    case generation(CollectionName)
}

/// Another name for a collection.
struct Alias: Decodable, Sendable {
    let name: String
    let collection: String

    enum CodingKeys: String, CodingKey {
        case name = "alias_name"
        case collection = "collection_name"
    }
}

extension QdrantClient {
    /// What the configured name stands for.
    ///
    /// - Throws: `.setup` when it is an alias of something that is no generation of ours.
    public func naming() async throws(PipelineError) -> Naming {
        try await naming(try await aliases())
    }

    /// Aimed at the collection that the configured name stands for; at that very name where there is nothing yet.
    public func aimed(at naming: Naming) -> QdrantClient {
        guard case .generation(let name) = naming else { return aimed(at: configured) }
        return aimed(at: name)
    }

    /// The names of all collections that the server has.
    func collectionNames() async throws(PipelineError) -> [String] {
        struct Listing: Decodable {
            let collections: [Listed]
            struct Listed: Decodable { let name: String }
        }
        return try result(Listing.self, of: try await send(.get, .collections)).collections.map(\.name)
    }

    /// All aliases that the server has.
    func aliases() async throws(PipelineError) -> [Alias] {
        struct Aliases: Decodable { let aliases: [Alias] }
        return try result(Aliases.self, of: try await send(.get, .aliases)).aliases
    }

    /// - Parameter aliases: all that the server has.
    func naming(_ aliases: [Alias]) async throws(PipelineError) -> Naming {
        struct Existence: Decodable { let exists: Bool }
        guard let alias = aliases.first(where: { $0.name == configured.description }) else {
            let answer = try await aimed(at: configured).send(.get, "/exists")
            return try result(Existence.self, of: answer).exists ? .collection : .missing
        }
        guard let number = configured.generationNumber(of: alias.collection) else {
            throw Self.strangeAlias(configured, alias.collection)
        }
        return .generation(configured.generation(number))
    }

    private static func strangeAlias(_ name: CollectionName, _ target: String) -> PipelineError {
        let remedy: String
        if (try? CollectionName(target)) == nil {
            remedy = "that collection is never written to: name another one in QDRANT_COLLECTION"
        } else {
            remedy = "name \(target) itself in QDRANT_COLLECTION, or point the alias to a generation"
        }
        return PipelineError(
            .setup,
            "the name \(name) is an alias of the collection \(target), one of its generations "
                + "(\(name.generation(1)), \(name.generation(2)), …) was expected",
            remedy: remedy
        )
    }
}
