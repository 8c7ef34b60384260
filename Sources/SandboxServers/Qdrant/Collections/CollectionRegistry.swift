internal import Threading

/// The collections of a server and the aliases they go by.
final class CollectionRegistry: Sendable {
    private struct State {
        var collections: [String: Collection] = [:]
        var aliases: [String: String] = [:]
    }

    private let state: Locked<State>
    private let directory: DataDirectory?
    private let indexingPace: Duration

    /// Restores what the directory holds.
    ///
    /// - Parameter indexingPace: what it takes to index a vector.
    init(directory: DataDirectory?, indexingPace: Duration) throws {
        self.directory = directory
        self.indexingPace = indexingPace
        var restored = State()
        if let directory {
            for (name, json) in try directory.collections() {
                var state = CollectionState(
                    config: try CollectionConfig(stored: json["config"]?.object ?? JSONObject()),
                    indexingPace: indexingPace
                )
                state.indexes = json["indexes"]?.object ?? JSONObject()
                try Self.openLog(of: name, in: directory, for: &state)
                restored.collections[name] = Collection(name: name, state: state)
            }
            // A process that ends while it removes a collection may leave its aliases behind.
            restored.aliases = try directory.aliases().filter { restored.collections[$0.value] != nil }
        }
        state = Locked(restored)
    }

    deinit {
        for collection in state.withLock({ Array($0.collections.values) }) {
            collection.state.withLock { $0.log?.end() }
        }
    }

    var names: [String] { state.withLock { $0.collections.keys.sorted() } }

    /// The collection of this name, or that this alias stands for.
    func find(_ name: String) throws(QdrantFailure) -> Collection {
        let found = state.withLock { $0.collections[$0.aliases[name] ?? name] }
        guard let found else { throw .noCollection(name) }
        return found
    }

    func create(_ name: String, _ config: CollectionConfig) throws {
        guard !name.isEmpty, name.utf8.count <= 255, !name.contains(where: { "<>:\"/\\|?*\0".contains($0) }) else {
            throw QdrantFailure.validation("collection_name: \(name) is not a valid name")
        }
        try state.withLock { state in
            guard state.collections[name] == nil else { throw QdrantFailure.exists(name) }
            guard state.aliases[name] == nil else {
                throw QdrantFailure.wrongInput(
                    "Can't create collection with name \(name). Alias with the same name already exists"
                )
            }
            var content = CollectionState(config: config, indexingPace: indexingPace)
            if let directory {
                // What a process left behind that ended while it removed a collection of this name.
                directory.remove(name)
                try directory.save(name, config: config, indexes: JSONObject())
                try Self.openLog(of: name, in: directory, for: &content)
            }
            state.collections[name] = Collection(name: name, state: content)
        }
    }

    /// Changes a collection's set-up, and remembers it.
    func configure(_ name: String, _ change: (inout CollectionState) throws -> Void) throws {
        let collection = try find(name)
        try collection.state.withLock { state in
            try change(&state)
            try directory?.save(collection.name, config: state.config, indexes: state.indexes)
        }
    }

    /// Removes a collection and its aliases; an alias is not followed.
    /// - Returns: whether there was one of this name.
    func remove(_ name: String) throws -> Bool {
        try state.withLock { state in
            guard let collection = state.collections.removeValue(forKey: name) else { return false }
            state.aliases = state.aliases.filter { $0.value != name }
            collection.state.withLock { state in
                state.log?.end()
                state.log = nil
            }
            directory?.remove(name)
            try directory?.saveAliases(state.aliases)
            return true
        }
    }

    /// Every alias with its collection, sorted; only those of one collection where it is named.
    func aliases(of name: String? = nil) -> [(alias: String, collection: String)] {
        state.withLock { state in
            state.aliases.filter { name == nil || $0.value == name }.sorted { $0.key < $1.key }
                .map { (alias: $0.key, collection: $0.value) }
        }
    }

    /// Makes the changes to aliases; nobody sees some of them without the others, not even after the process was killed
    /// between them. When one cannot be made, those before it stay.
    func changeAliases(_ actions: [AliasAction]) throws {
        try state.withLock { state in
            let result = Result { for action in actions { try Self.change(&state, action) } }
            try directory?.saveAliases(state.aliases)
            try result.get()
        }
    }

    private static func change(_ state: inout State, _ action: AliasAction) throws(QdrantFailure) {
        switch action {
        case .create(let alias, let collection):
            guard state.collections[collection] != nil else { throw .noCollection(collection) }
            guard state.collections[alias] == nil else { throw .exists(alias) }
            state.aliases[alias] = collection
        case .delete(let alias): state.aliases[alias] = nil
        case .rename(let old, let new):
            guard state.collections[new] == nil else { throw .exists(new) }
            guard let collection = state.aliases.removeValue(forKey: old) else {
                throw .notFound("Alias \(old) does not exists!")
            }
            state.aliases[new] = collection
        }
    }

    private static func openLog(
        of name: String,
        in directory: DataDirectory,
        for state: inout CollectionState
    ) throws {
        guard state.config.vector != nil else { return }
        state.log = try PointLog(path: directory.logPath(of: name), into: &state.points)
    }
}

/// One change of `POST /collections/aliases`.
enum AliasAction: Sendable {
    case create(alias: String, collection: String)
    case delete(alias: String)
    case rename(old: String, new: String)

    init(_ json: JSONValue) throws(QdrantFailure) {
        if let create = json["create_alias"], let alias = create["alias_name"]?.string,
            let collection = create["collection_name"]?.string
        {
            self = .create(alias: alias, collection: collection)
        } else if let alias = json["delete_alias"]?["alias_name"]?.string {
            self = .delete(alias: alias)
        } else if let rename = json["rename_alias"], let old = rename["old_alias_name"]?.string,
            let new = rename["new_alias_name"]?.string
        {
            self = .rename(old: old, new: new)
        } else {
            throw .format("data did not match any variant of untagged enum AliasOperations")
        }
    }
}
