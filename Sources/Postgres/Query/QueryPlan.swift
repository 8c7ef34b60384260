internal import FoundationEssentials

/// What EXPLAIN says about reading a query's rows from some key on.
struct QueryPlan {
    /// A key that no row is expected to have, easy to recognise in a plan; below most keys, so that no partition that
    /// holds rows is left out of the plan.
    static func probe(_ key: KeyType) -> String {
        switch key {
        case .uuid: "00000000-5ca1-4b1e-8000-70a57e57ab1e"
        case .bigint: "-4611686018427387847"
        case .text: "pattern-sync probe"
        }
    }

    private let root: Node

    /// Reads the output of `EXPLAIN (FORMAT JSON)`; nil when it is something else.
    init?(json: String) {
        guard let plans = try? JSONDecoder().decode([Root].self, from: Data(json.utf8)), let plan = plans.first else {
            return nil
        }
        root = plan.plan
    }

    /// How many rows the planner expects.
    var expectedRows: Int { Int(root.rows ?? 0) }

    /// Whether an index yields the rows in key order from any key on: nothing is sorted, and the key is a condition of
    /// an index. (A window function or an aggregate may need no sort, and yet read all rows before the key each time.)
    func startsInIndex(at probe: String) -> Bool {
        !root.contains { $0.type.hasSuffix("Sort") }
            && root.contains { $0.indexCondition?.contains(probe) ?? false }
    }

    private struct Root: Decodable {
        let plan: Node
        enum CodingKeys: String, CodingKey { case plan = "Plan" }
    }

    private struct Node: Decodable {
        let type: String
        let rows: Double?
        let indexCondition: String?
        let children: [Node]?

        enum CodingKeys: String, CodingKey {
            case type = "Node Type"
            case rows = "Plan Rows"
            case indexCondition = "Index Cond"
            case children = "Plans"
        }

        func contains(_ isWanted: (Node) -> Bool) -> Bool {
            isWanted(self) || (children ?? []).contains { $0.contains(isWanted) }
        }
    }
}
