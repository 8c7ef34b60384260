import TestSupport
import Testing

@testable import Pipeline

@Suite
struct StragglerTests {
    /// Servers that take so long for a request of one text, of which the first has one under way since time zero.
    private struct Case {
        var dispatcher: Dispatcher
        var request: Dispatcher.Assignment

        init(_ times: [Duration?]) throws {
            let states = times.indices.map { EndpointState(Endpoint(FakeEmbedder("\($0)"), limit: 2), texts: 4) }
            dispatcher = Dispatcher(states, requestBytes: .max)
            for (server, time) in times.enumerated() {
                guard let time else { continue }
                _ = dispatcher.add([100], isDivisible: false, of: server)
                let next = dispatcher.next(at: .zero - time)
                dispatcher.servers[server].answered(try #require(next), .answered, at: .zero)
            }
            _ = dispatcher.add([100], isDivisible: false, of: 0)
            let next = dispatcher.next(at: .zero)
            request = try #require(next)
        }

        /// The server that is to be asked, or when one will be.
        func search(at now: Duration) -> (server: Int?, later: Duration?) {
            switch Straggler.search([request], dispatcher.servers, at: now) {
            case .found(let straggler): (straggler.server, nil)
            case .later(let time): (nil, time)
            case .none: (nil, nil)
            }
        }
    }

    @Test func `asks an idle server once another one is as late as it would need twice over`() throws {
        let servers = try Case([.seconds(2), .seconds(1)])
        #expect(servers.search(at: .seconds(1)).later == .milliseconds(4_500))
        #expect(servers.search(at: .milliseconds(4_499)).server == nil)
        #expect(servers.search(at: .milliseconds(4_500)).server == 1)
    }

    @Test func `takes from a slow server what a fast one is done with sooner`() throws {
        let servers = try Case([.seconds(20), .seconds(1)])
        #expect(servers.search(at: .seconds(1)).server == 1)
        // It is nearly done.
        #expect(servers.search(at: .seconds(19)).server == nil)
    }

    @Test func `thinks a server that has not answered yet as fast as the idle one`() throws {
        let servers = try Case([nil, .seconds(1)])
        #expect(servers.search(at: .seconds(3)).later == .milliseconds(3_500))
        #expect(servers.search(at: .seconds(4)).server == 1)
    }

    @Test func `asks the fastest of those that are idle and known`() throws {
        var servers = try Case([.seconds(1), .seconds(2), .seconds(1), nil])
        #expect(servers.search(at: .seconds(60)).server == 2)
        _ = servers.dispatcher.add([100], isDivisible: false, of: 2)
        let next = servers.dispatcher.next(at: .zero)
        #expect(next?.server == 2)
        #expect(servers.search(at: .seconds(60)).server == 1)
    }

    @Test func `asks nobody where no other server is idle`() throws {
        let servers = try Case([.seconds(1)])
        let found = servers.search(at: .seconds(600))
        #expect(found.server == nil && found.later == nil)
    }

    @Test(arguments: [Duration.seconds(2), nil])
    func `takes for stuck what is later than twice the usual and more`(usual: Duration?) throws {
        let servers = try Case([usual, .seconds(2), .seconds(5)])
        let states = servers.dispatcher.servers
        #expect(!Straggler.isStuck(servers.request, states, at: .milliseconds(4_500)))
        #expect(Straggler.isStuck(servers.request, states, at: .milliseconds(4_501)))
    }
}
