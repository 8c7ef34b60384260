/// A random sequence of what happens to table, collection and program.
struct Sequence {
    private enum Action: CaseIterable {
        case changeTable, editCollection, sync, verify, rebuild, changeGenerations, changeModel

        /// How often it may happen, among the others.
        var weights: ClosedRange<Int> {
            switch self {
            case .changeTable: 1...6
            case .editCollection: 0...5
            case .sync: 2...7
            case .verify, .changeModel: 0...2
            case .rebuild: 0...5
            case .changeGenerations: 0...3
            }
        }
    }

    let seed: UInt64

    /// Each sequence has a bent of its own: what seldom comes together otherwise does so in some.
    func run(in world: World) async throws {
        do {
            let actions = Action.allCases.flatMap { action in
                Array(repeating: action, count: world.number(action.weights))
            }
            world.interruptionRate = [0, 2, 3, 5].randomElement(using: &world.random) ?? 0
            try world.insertRows(world.number(5...40))
            for _ in 0..<world.number(5...9) {
                if let action = actions.randomElement(using: &world.random) { try await run(action, in: world) }
            }
        } catch {
            throw Failure("seed \(seed): \(error)\n  " + world.log.joined(separator: "\n  "))
        }
    }

    private func run(_ action: Action, in world: World) async throws {
        switch action {
        case .changeTable: try world.changeTable()
        case .editCollection: try await world.editCollection()
        case .sync:
            let filled = try await world.holdings().liveName.flatMap { world.models[$0] }
            if let filled, filled != world.model, world.chance(2) { world.set(filled) }
            try await world.sync()
        case .verify: try await world.verify()
        case .rebuild: try await world.rebuild()
        case .changeGenerations: try await world.changeGenerations()
        case .changeModel: world.changeModel()
        }
    }
}
