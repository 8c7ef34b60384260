/// Decides whether a request is itself the reason why it fails, although each failure looks like the server's: a text on
/// which the model's runner crashes, a point that is always answered with 500.
///
/// A value without a clock, one for each request. A request that has failed three times in a row is suspected. From then on
/// a failure speaks against it when the server was seen to be well just before: at least `proof` other requests in a row had
/// succeeded since the last failure. Enough such failures, without a success in between, convict it; more are needed where
/// those others were not of its kind. A server that fails at random, whatever the
/// share of its failures, practically never shows that pattern.
struct Suspicion: Sendable {
    /// How many other requests in a row have to succeed to show that the server is well.
    static let proof = 3

    /// How many requests to show it with: not always the same number, since of several servers behind one address, that
    /// take turns, one may be broken.
    static func probes(_ random: () -> Double) -> Int {
        proof + Int(random() * 4)
    }

    /// So many failures are nobody's fault in particular.
    private static let innocent = 3

    /// What speaks for the server when it fails the request.
    enum Evidence: Int {
        case none = 0
        /// It has done something, but nothing like the request.
        case weak = 1
        /// It has done the same for others.
        case strong = 4
    }

    private(set) var failures = 0
    /// The evidence against the request, at each server.
    private var weight: [Int: Int] = [:]
    private let weightNeeded: Int

    /// - Parameter count: of items in the request. To halve a request costs little; to reject a single item has to be sure.
    init(of count: Int) {
        weightNeeded = Evidence.strong.rawValue * (count == 1 ? 5 : 3)
    }

    /// Whether it is time to find out how the server is.
    var isRaised: Bool { failures >= Self.innocent }

    /// Whether to halve the request without proof: if one of its items is at fault, the others get through and are the
    /// proof; if none is, halves do no harm.
    var isWorthDividing: Bool { failures >= 5 }

    /// Takes note of another failure of the request.
    ///
    /// - Parameters:
    ///   - server: which of several servers failed it.
    ///   - evidence: that this server was well since it last failed the request.
    /// - Returns: whether the request is at fault.
    mutating func failed(at server: Int = 0, while evidence: Evidence) -> Bool {
        if isRaised { weight[server, default: 0] += evidence.rawValue }
        failures += 1
        return weight[server, default: 0] >= weightNeeded
    }

    /// The verdict on a request that is at fault.
    ///
    /// - Parameter others: what the server did meanwhile, in words.
    func conviction(_ fault: PipelineError.RowFault, _ error: PipelineError, while others: String) -> PipelineError {
        PipelineError(.row(fault), "failed \(failures) times while \(others): \(error.message)")
    }
}
