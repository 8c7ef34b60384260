import Glibc
import Pipeline
import Testing

@testable import JournalFile

struct JournalLockTests {
    @Test func `lets only one have a journal open, until it is closed`() async throws {
        let fixture = JournalFixture()
        let journal = try await fixture.open()
        let error = try #require(await #expect(throws: PipelineError.self) { try await fixture.location.open() })
        #expect(error.kind == .busy)
        #expect(error.message.hasPrefix("another run of this sync is under way (pid \(getpid()) on "))
        #expect(error.remedy != nil)
        try await journal.append([Sample.began()])
        await journal.close()
        try await #expect(fixture.reopened().history.runs.count == 1)
        #expect(try fixture.fileNames.contains("lock"))
    }

    @Test func `is got by exactly one of many who open a journal at once`() async throws {
        for _ in 0..<5 {
            let fixture = JournalFixture()
            let location = fixture.location
            let outcomes = await withTaskGroup(of: Result<FileJournal, PipelineError>.self) { group in
                for _ in 0..<32 {
                    group.addTask {
                        do throws(PipelineError) { return .success(try await location.open()) } catch {
                            return .failure(error)
                        }
                    }
                }
                // None is closed, nor goes out of use, before all have tried.
                return await group.reduce(into: []) { $0.append($1) }
            }
            var winners: [FileJournal] = []
            for outcome in outcomes {
                switch outcome {
                case .success(let journal): winners.append(journal)
                case .failure(let error): #expect(error.kind == .busy, "\(error)")
                }
            }
            #expect(winners.count == 1)
            try await winners.first?.append([Sample.began()])
            await winners.first?.close()
            try await #expect(fixture.reopened().history.runs.count == 1)
        }
    }

    @Test func `is given up when the journal goes out of use`() async throws {
        let fixture = JournalFixture()
        do {
            let journal = try await fixture.open()
            try await journal.append([Sample.began()])
        }
        try await #expect(fixture.reopened().history.runs.count == 1)
    }

    @Test func `is given up when the journal cannot be opened`() async throws {
        let fixture = JournalFixture()
        try await fixture.write([])
        try fixture.replace(with: Array("no journal".utf8))
        await #expect(throws: PipelineError.self) { try await fixture.location.open() }
        try fixture.replace(with: [])
        try await fixture.write(Sample.threeGroups)
    }

    @Test func `does not keep syncs of other names apart`() async throws {
        let fixture = JournalFixture()
        let journal = try await fixture.open()
        let other = try await JournalLocation(directory: fixture.directory, name: "code/patterns").open()
        await other.close()
        await journal.close()
        #expect(try await JournalReader.syncs(in: fixture.directory) == ["code/patterns", "code_patterns"])
    }

    @Test(arguments: ["", "nonsense\n", "pid 7 on \u{1B}[31mred\n", "pid 7"])
    func `does not repeat what is no name of a holder`(text: String) async throws {
        let fixture = JournalFixture()
        let journal = try await fixture.open()
        try fixture.replace("lock", with: [])
        let number = open("\(fixture.location.folder)/lock", O_WRONLY)
        _ = text.withCString { write(number, $0, text.utf8.count) }
        close(number)
        let error = try #require(await #expect(throws: PipelineError.self) { try await fixture.location.open() })
        #expect(error.kind == .busy)
        #expect(error.message == "another run of this sync is under way")
        await journal.close()
    }
}
