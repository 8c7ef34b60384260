internal import Logging
internal import Threading

/// Switches a running server's misbehaviour on and off.
public final class FaultControl: Sendable {
    private struct State {
        var plan = FaultPlan()
        var fired: [Int] = []
        var generator = SeededGenerator(seed: 1)
    }

    /// What is to be done to one request.
    struct Decision: Sendable {
        var delay: Duration = .zero
        var fault: FaultKind?
        var content: ContentFault?
    }

    private let state = Locked(State())
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// The rules in force.
    public var plan: FaultPlan { state.withLock { $0.plan } }

    /// How often each rule of the plan has taken effect.
    public var fired: [Int] { state.withLock { $0.fired } }

    /// Replaces the plan; counts and chance begin anew. A plan that uses chance has its seed logged.
    public func set(_ plan: FaultPlan) {
        if plan.usesChance {
            logger.notice("faults are drawn by chance", metadata: ["seed": .stringConvertible(plan.seed)])
        }
        state.withLock { state in
            state = State(
                plan: plan,
                fired: Array(repeating: 0, count: plan.rules.count),
                generator: SeededGenerator(seed: plan.seed)
            )
        }
    }

    /// Replaces the plan's rules, with the seed 1.
    public func set(_ rules: FaultRule...) {
        set(FaultPlan(rules))
    }

    /// No more faults.
    public func clear() {
        set(FaultPlan())
    }

    /// Decides one request's fate.
    /// - Parameters:
    ///   - path: the request's path.
    ///   - target: what the service calls the request.
    ///   - haystacks: what `match` is looked for in; asked for only when a rule has one.
    func decide(path: String, target: String?, haystacks: () -> [[UInt8]]) -> Decision {
        let rules = plan.rules
        guard !rules.isEmpty else { return Decision() }
        let searched = rules.contains { $0.match != nil } ? haystacks() : []
        let applicable = rules.indices.filter { index in
            rules[index].isFor(path: path, target: target)
                && (rules[index].match.map { match in
                    searched.contains { ByteSearch.contains(Array(match.utf8), in: $0) }
                } ?? true)
        }
        return state.withLock { state in
            // A plan that was exchanged meanwhile is not this request's.
            guard state.plan.rules == rules else { return Decision() }
            return Self.draw(applicable, from: &state)
        }
    }

    private static func draw(_ applicable: [Int], from state: inout State) -> Decision {
        var decision = Decision()
        for index in applicable {
            let rule = state.plan.rules[index]
            let isLatency: Bool
            if case .latency = rule.kind { isLatency = true } else { isLatency = false }
            guard isLatency || decision.fault == nil else { continue }
            switch rule.when {
            case .always: break
            case .first(let count):
                guard state.fired[index] < count else { continue }
            case .share(let share):
                guard Double.random(in: 0..<1, using: &state.generator) < share else { continue }
            }
            state.fired[index] += 1
            if case .latency(let delay) = rule.kind {
                decision.delay += delay
            } else {
                decision.fault = rule.kind
                if rule.kind.isOfContent {
                    decision.content = ContentFault(kind: rule.kind, match: rule.match.map { Array($0.utf8) })
                }
            }
        }
        return decision
    }
}

extension FaultRule {
    fileprivate func isFor(path: String, target: String?) -> Bool {
        switch self.target {
        case .embed: target == "embed"
        case .upsert: target == "upsert"
        case .collection: target == "collection"
        case .path(let prefix): path.hasPrefix(prefix)
        }
    }
}
