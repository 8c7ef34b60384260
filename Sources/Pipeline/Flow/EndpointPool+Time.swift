extension EndpointPool {
    /// What no server has a reason to fail on.
    static let harmless: Bytes = Array("a harmless text".utf8)[...]

    /// Ends rests, tries the servers whose rest is over, and finds requests that are late; goes on until the task is cancelled.
    func keepTime() async {
        await withDiscardingTaskGroup { group in
            for await (wake, delay) in wakes.stream {
                group.addTask { [clock] in
                    // Throws when the run is over: then nothing waits.
                    guard (try? await clock.sleep(delay)) != nil else { return }
                    switch wake {
                    case .rested(let server, let since): await self.endRest(of: server, since: since)
                    case .late: await self.lookAgain()
                    }
                }
            }
        }
    }

    /// Ends the rest, unless the server has begun another one since.
    private func endRest(of server: Int, since began: Duration) async {
        guard dispatcher.servers[server].restBegan == began else { return }
        dispatcher.servers[server].restsUntil = nil
        // Where others are well, no text need wait for a server that may be stuck, or may have to load its model.
        if dispatcher.isAnyAvailable(beside: server, at: clock.now) { await probe(server) }
        handOut()
    }

    /// Asks a server that has rested for a harmless text.
    private func probe(_ server: Int) async {
        do throws(PipelineError) {
            let lease = try await lease([Self.harmless.count], of: server, age: 0)
            do throws(PipelineError) {
                _ = try await lease.embedder.embed([Self.harmless], within: lease.deadline)
                giveBack(lease)
            } catch {
                guard error.isRetryable else {
                    _ = giveBack(lease, .textFault)
                    return
                }
                failed(lease, error)
            }
        } catch {
            // The run is over.
        }
    }

    private func lookAgain() {
        nextLook = nil
        handOut()
    }
}
