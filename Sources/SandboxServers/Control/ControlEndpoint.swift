/// The endpoints under `/_sandbox/`, by which a test or a person steers a server over HTTP:
///
/// - `GET`, `PUT`, `DELETE /_sandbox/faults`: the fault plan,
/// - `GET /_sandbox/stats`: what the server has done,
/// - `POST /_sandbox/reset`: forgets faults and statistics; with `?data=true` also what is stored.
///
/// They are never subject to faults and need no key.
struct ControlEndpoint: Sendable {
    let faults: FaultControl
    let recorder: StatisticsRecorder
    let service: any SandboxService

    /// The answer, or nil when the call is not for this endpoint.
    func answer(_ call: HTTPCall) -> HTTPReply? {
        guard call.segments.first == "_sandbox" else { return nil }
        switch (call.method, call.segments.dropFirst().first) {
        case ("GET", "faults"): return plan()
        case ("PUT", "faults"):
            do {
                faults.set(try FaultPlan(JSONValue(parsing: call.body)))
            } catch {
                return .json(["error": .string("\(error)")], status: 400)
            }
            return plan()
        case ("DELETE", "faults"):
            faults.clear()
            return plan()
        case ("GET", "stats"): return .json(recorder.statistics.json)
        case ("POST", "reset"):
            faults.clear()
            do {
                try service.reset(includingData: call.query["data"] == "true")
            } catch {
                return .json(["error": .string("\(error)")], status: 500)
            }
            recorder.reset()
            return .json(["reset": true])
        default: return .json(["error": "no such control endpoint"], status: 404)
        }
    }

    private func plan() -> HTTPReply {
        .json(faults.plan.json(fired: faults.fired))
    }
}
