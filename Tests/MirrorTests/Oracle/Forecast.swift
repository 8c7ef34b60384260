import Pipeline

/// What a sync is about to find and to do, told from the table and the points alone.
struct Forecast {
    /// What has to be done about one row.
    enum Task {
        /// There is no point.
        case insert
        /// There is one whose vector is of no use.
        case embed
        /// The point keeps its vector and gets a new payload.
        case payload
        /// The same, of a point that bore nobody's name.
        case adopt
        case nothing
        /// No point can be made of the row.
        case reject
    }

    var tasks: [(row: TableRow, task: Task)] = []
    /// The points of the sync that have no row, by their ids.
    var stale: Set<String> = []
    /// Texts that are embedded to find out whose vectors the unmarked points have.
    var sampled = 0

    func count(_ tasks: Task...) -> Int {
        self.tasks.count { tasks.contains($0.task) }
    }
}

/// What kind of sync it is.
struct SyncKind {
    var mode = SyncMode.full
    var isDeep = false
    var limit: Int?
}

extension World {
    /// - Parameter holding: what is there now; nil for nothing.
    func forecast(_ kind: SyncKind, _ holding: Holdings.Holding?, _ rows: [TableRow]) -> Forecast {
        let points = holding?.points ?? [:]
        var forecast = Forecast()
        let unmarked = points.values.filter { $0.source == nil }
        if key != .text, !unmarked.isEmpty {
            let texts = Dictionary(rows.filter(\.isSyncable).map { ($0.id, $0.text) }) { $1 }
            forecast.sampled = min(10, unmarked.count { $0.text != nil && texts[$0.id] == $0.text })
        }
        let adopts = forecast.sampled > 0
        forecast.tasks = rows.prefix(kind.limit ?? .max).map { row in
            guard row.isSyncable else { return (row, .reject) }
            let task = task(row, points[row.id], holding?.fingerprint, isDeep: kind.isDeep, adopts: adopts)
            return (row, kind.mode == .full && task != .adopt && task != .insert ? .embed : task)
        }
        if kind.limit == nil {
            // A row that is written mends the key that its point keeps.
            let written = Set(forecast.tasks.filter { ![.reject, .nothing].contains($0.task) }.map(\.row.id))
            let existing = Set(rows.map(\.id))
            let own = points.values.filter { $0.source == Self.source }
            forecast.stale = Set(
                own.filter { !existing.contains($0.id) || (!written.contains($0.id) && !keepsKey($0)) }.map(\.id)
            )
        }
        return forecast
    }

    /// Whether the point tells the key that its id is made of, where keys are texts.
    private func keepsKey(_ point: MirrorPoint) -> Bool {
        guard key == .text else { return true }
        return (point.mark?["key"] as? String).map { key.id(of: $0, source: Self.source) } == point.id
    }

    private func task(
        _ row: TableRow,
        _ point: MirrorPoint?,
        _ fingerprint: String?,
        isDeep: Bool,
        adopts: Bool
    ) -> Forecast.Task {
        guard let point else { return .insert }
        guard let mark = point.mark, point.source != nil else {
            return adopts && point.text == row.text ? .adopt : .embed
        }
        guard point.source == Self.source, mark["hash_version"] as? Int == 1, let fingerprint,
            mark["embedder"] as? String == fingerprint, key != .text || mark["key"] as? String == row.key,
            mark["text_hash"] as? String == row.textHash
        else { return .embed }
        guard mark["payload_hash"] as? String == row.payloadHash else { return .payload }
        guard isDeep else { return .nothing }
        return JSON.areEqual(point.values, row.values) ? .nothing : .payload
    }
}

extension TableRow {
    /// The members of the point's payload that tell of the row.
    var values: [String: Any] { payload.merging(["text": text]) { $1 } }
}
