internal import Pipeline

/// An error as a report has it.
struct FaultReport: Encodable {
    /// Whose fault it is, in one word that programs may rely on.
    let kind: String
    let message: String
    let remedy: String?

    init(_ error: PipelineError) {
        kind = Self.word(error.kind)
        message = error.message
        remedy = error.remedy
    }

    private enum CodingKeys: CodingKey {
        case kind, message, remedy
    }

    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(kind, forKey: .kind)
        try object.encode(message, forKey: .message)
        // Null where there is none: the member is always there.
        try object.encode(remedy, forKey: .remedy)
    }

    private static func word(_ kind: PipelineError.Kind) -> String {
        switch kind {
        case .row: "row"
        case .server, .tooMuch: "server"
        case .setup: "setup"
        case .outage: "outage"
        case .busy: "busy"
        case .tooManyRejections: "too_many_rejections"
        case .cancelled: "cancelled"
        }
    }
}
