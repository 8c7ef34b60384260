import TestSupport
import Testing

@testable import Pipeline

@Suite(.timeLimit(.minutes(5)))
struct StopRequestTests {
    @Test func `wakes all who wait for it, and not before`() async {
        let request = StopRequest()
        let made = Level()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    await request.wait()
                    #expect(made.value == 1)
                }
            }
            for _ in 0..<100 { await Task.yield() }
            made.change(by: 1)
            await request.make()
            await group.waitForAll()
        }
    }

    @Test func `lets those through at once who come after it`() async {
        let request = StopRequest()
        await request.make()
        await request.make()
        await request.wait()
        await request.wait()
    }

    @Test func `is not waited for by a task that is cancelled`() async {
        let request = StopRequest()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await request.wait() }
            group.cancelAll()
            await group.waitForAll()
        }
    }
}
