internal import Pipeline

/// What a sync would do, as a report has it.
struct PlanReport: Encodable {
    let insert: Int
    let update: Int
    let payloadUpdate: Int
    let delete: Int

    init(_ plan: SyncPlan) {
        insert = plan.insert
        update = plan.update
        payloadUpdate = plan.payloadUpdate
        delete = plan.delete
    }

    private enum CodingKeys: String, CodingKey {
        case insert, update, delete
        case payloadUpdate = "payload_update"
    }
}
