import TestSupport
import Testing

/// Lets only some scenarios go on at once: each has servers and processes of its own, which together would need more
/// descriptors and processor time than there is.
actor ScenarioSlots {
    static let shared = ScenarioSlots(8)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) {
        free = count
    }

    /// Waits for room, in turn.
    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// Makes room for the next one.
    func giveBack() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}

/// Runs `body` when it is its turn.
func inTurn(_ body: () async throws -> Void) async throws {
    await ScenarioSlots.shared.take()
    let result: Result<Void, any Error>
    do {
        result = .success(try await body())
    } catch {
        result = .failure(error)
    }
    await ScenarioSlots.shared.giveBack()
    try result.get()
}

extension Trait where Self == TimeLimitTrait {
    /// A test that hangs comes to an end. All tests begin at once and most wait for their turn, which counts as theirs.
    static var endsSomeTime: Self { .timeLimit(.minutes(Torture.isOn ? 180 : 40)) }
}
