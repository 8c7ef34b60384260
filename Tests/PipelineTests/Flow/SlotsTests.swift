import TestSupport
import Testing

@testable import Pipeline

@Suite(.timeLimit(.minutes(5)))
struct SlotsTests {
    @Test func `never lets in more than there is room for, and everybody in the end`() async throws {
        let slots = Slots(3)
        let inside = Level()
        let done = Level()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await slots.enter()
                    #expect(inside.next() <= 3)
                    await Task.yield()
                    inside.change(by: -1)
                    done.change(by: 1)
                    await slots.leave()
                }
            }
            try await group.waitForAll()
        }
        #expect(done.value == 50)
    }

    @Test func `never lets in more bytes than there is room for, but for one alone`() async throws {
        let slots = Slots(10, bytes: 100)
        let inside = Level()
        let done = Level()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                let bytes = number % 7 == 0 ? 250 : 10 + number
                group.addTask {
                    try await slots.enter(bytes: bytes)
                    let together = inside.change(by: bytes)
                    #expect(together <= 100 || together == bytes)
                    await Task.yield()
                    inside.change(by: -bytes)
                    done.change(by: 1)
                    await slots.leave(bytes: bytes)
                }
            }
            try await group.waitForAll()
        }
        #expect(done.value == 60)
    }

    @Test func `one who gives up waiting takes nobody's place`() async throws {
        let slots = Slots(1)
        try await slots.enter()
        await withTaskGroup(of: PipelineError?.self) { group in
            group.addTask {
                do throws(PipelineError) {
                    try await slots.enter()
                    return nil
                } catch {
                    return error
                }
            }
            group.cancelAll()
            for await error in group { #expect(error == .cancelled) }
        }
        await slots.leave()
        try await slots.enter()
    }
}
