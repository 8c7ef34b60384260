import Testing

@testable import Pipeline

@Suite
struct PipelineErrorTests {
    @Test func `asks for another try only when a server is at fault`() {
        #expect(PipelineError(.server(retryAfter: nil), "refused").isRetryable)
        let others: [PipelineError.Kind] = [
            .row(.overlong), .tooMuch, .setup, .outage, .busy, .tooManyRejections, .cancelled,
        ]
        for kind in others { #expect(!PipelineError(kind, "x").isRetryable) }
    }

    @Test func `tells the remedy behind what is wrong`() {
        #expect("\(PipelineError(.setup, "no such model", remedy: "pull it"))" == "no such model — pull it")
        #expect("\(PipelineError(.setup, "no such model"))" == "no such model")
    }

    @Test func `stays itself when it is wrapped`() {
        let error = PipelineError(.row(.unstorable), "too deep")
        #expect(PipelineError.wrapping(error) == error)
        #expect(PipelineError.wrapping(CancellationError()) == .cancelled)
        struct Other: Error {}
        #expect(PipelineError.wrapping(Other()).kind == .setup)
    }
}
