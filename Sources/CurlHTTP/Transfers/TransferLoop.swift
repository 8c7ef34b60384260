internal import CLibCurl

/// The life of the thread that moves all bytes: take commands, let curl work, hand results out, wait.
///
/// It is not `Sendable`, and everything that curl forbids to share is reachable only from it.
final class TransferLoop {
    /// Handles kept for later requests: making one costs more than resetting one. More transfers are seldom under way.
    private static let maximumIdleHandles = 32

    private let inbox: TransferInbox
    private let configuration: HTTPClientConfiguration
    private var multi: MultiHandle
    private var transfers: [TransferID: Transfer] = [:]
    private var idleHandles: [EasyHandle] = []

    /// Works until the inbox is stopped. When it returns, every connection is closed and every caller has its answer.
    static func run(_ inbox: TransferInbox, _ configuration: HTTPClientConfiguration) {
        inbox.end(failing: runUntilStopped(inbox, configuration))
    }

    /// - Returns: what to tell those who come later. The loop and its connections are gone by then.
    private static func runUntilStopped(
        _ inbox: TransferInbox,
        _ configuration: HTTPClientConfiguration
    ) -> HTTPError {
        do throws(HTTPError) {
            let loop = try TransferLoop(inbox, configuration)
            try loop.run()
            return .closed
        } catch {
            return error
        }
    }

    private init(_ inbox: TransferInbox, _ configuration: HTTPClientConfiguration) throws(HTTPError) {
        self.inbox = inbox
        self.configuration = configuration
        multi = try MultiHandle()
        inbox.install(multi.waker)
    }

    deinit {
        // Before the multi handle goes.
        inbox.install(nil)
    }

    private func run() throws(HTTPError) {
        while let commands = inbox.takeCommands() {
            for command in commands {
                switch command {
                case .add(let submission): add(submission)
                case .cancel(let id): end(id, with: .failure(.cancelled))
                }
            }
            do throws(HTTPError) {
                try multi.perform()
                finishCompleted()
                // Sockets, curl's own timers and the inbox end it sooner: nothing depends on the limit.
                try multi.wait(milliseconds: 1000)
            } catch {
                try replaceMulti(after: error)
            }
        }
        endAll(with: .closed)
    }

    private func add(_ submission: Submission) {
        do throws(HTTPError) {
            let easy = if let idle = idleHandles.popLast() { idle } else { try EasyHandle() }
            let transfer = try Transfer(submission, on: easy, for: configuration)
            try multi.add(easy)
            transfers[submission.id] = transfer
        } catch {
            submission.continuation.resume(returning: .failure(error))
        }
    }

    private func finishCompleted() {
        while let (easy, code) = multi.nextCompletion() {
            guard let transfer = Transfer.of(easy) else { continue }
            end(transfer.submission.id, with: transfer.result(code))
        }
    }

    /// The one place where a transfer leaves and its caller is answered.
    private func end(_ id: TransferID, with result: Result<HTTPResponse, HTTPError>) {
        guard let transfer = transfers.removeValue(forKey: id) else { return }
        multi.remove(transfer.easy)
        transfer.easy.reset()
        if idleHandles.count < Self.maximumIdleHandles { idleHandles.append(transfer.easy) }
        transfer.submission.continuation.resume(returning: result)
    }

    private func endAll(with error: HTTPError) {
        for id in Array(transfers.keys) {
            end(id, with: .failure(error))
        }
    }

    /// curl forbids to go on with a multi handle that has reported an error.
    private func replaceMulti(after error: HTTPError) throws(HTTPError) {
        endAll(with: error)
        inbox.install(nil)
        multi = try MultiHandle()
        inbox.install(multi.waker)
    }
}
