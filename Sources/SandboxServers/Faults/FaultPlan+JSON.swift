/// The plan as the control endpoint speaks it:
///
/// ```json
/// {"seed": 7, "rules": [
///   {"target": "embed", "match": "poison", "kind": "status", "status": 503, "headers": {"Retry-After": "1"}, "first": 3},
///   {"target": "/", "kind": "latency", "ms": 50, "share": 0.1}
/// ]}
/// ```
extension FaultPlan {
    init(_ json: JSONValue) throws(SandboxError) {
        let list: [JSONValue]
        switch json {
        case .array(let rules): list = rules
        case .object(let object):
            guard let rules = object["rules"]?.array else { throw .plan("the plan has no list \"rules\"") }
            list = rules
        default: throw .plan("a plan is an object with \"rules\", or a list of rules")
        }
        var rules: [FaultRule] = []
        for rule in list { rules.append(try FaultRule(rule)) }
        self.init(rules, seed: json["seed"]?.unsigned ?? 1)
    }

    func json(fired: [Int]) -> JSONValue {
        [
            "seed": .integer(seed),
            "rules": .array(
                zip(rules, fired).map { rule, fired in
                    var object = rule.json
                    object["fired"] = .integer(fired)
                    return .object(object)
                }
            ),
        ]
    }
}

extension FaultRule {
    init(_ json: JSONValue) throws(SandboxError) {
        let target: Target
        switch json["target"]?.string {
        case "embed": target = .embed
        case "upsert": target = .upsert
        case "collection": target = .collection
        case let path? where path.hasPrefix("/"): target = .path(path)
        default:
            throw .plan(
                """
                "target" must be "embed", "upsert", "collection" or the beginning of a path, such as "/"
                """
            )
        }
        var when = Occurrence.always
        if let first = json["first"] {
            guard let count = first.int, count >= 0 else { throw .plan("\"first\" must be a count") }
            when = .first(count)
        } else if let share = json["share"] {
            guard let share = share.double, 0...1 ~= share else { throw .plan("\"share\" must be from 0 to 1") }
            when = .share(share)
        }
        self.init(target, match: json["match"]?.string, try FaultKind(json), when: when)
    }

    var json: JSONObject {
        var object = JSONObject()
        switch target {
        case .embed: object["target"] = "embed"
        case .upsert: object["target"] = "upsert"
        case .collection: object["target"] = "collection"
        case .path(let path): object["target"] = .string(path)
        }
        object["match"] = match.map { .string($0) }
        object.merge(kind.json, removingNulls: false)
        switch when {
        case .always: break
        case .first(let count): object["first"] = .integer(count)
        case .share(let share): object["share"] = .number(share.description)
        }
        return object
    }
}

extension FaultKind {
    fileprivate init(_ json: JSONValue) throws(SandboxError) {
        func number(_ key: String, in range: ClosedRange<Int>) throws(SandboxError) -> Int {
            guard let value = json[key]?.int, range.contains(value) else {
                throw .plan("\"\(key)\" must be a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
        switch json["kind"]?.string {
        case "status":
            var headers: [String: String] = [:]
            for member in json["headers"]?.object?.members ?? [] { headers[member.key] = member.value.string }
            self = .status(try number("status", in: 200...599), body: json["body"]?.string, headers: headers)
        case "echo": self = .echo(try number("status", in: 200...599))
        case "latency": self = .latency(.milliseconds(try number("ms", in: 0...86_400_000)))
        case "reset": self = .reset
        case "cutBody": self = .cutBody
        case "slowBody":
            self = .slowBody(
                chunkBytes: try number("chunkBytes", in: 1...1 << 30),
                delay: .milliseconds(try number("ms", in: 0...86_400_000))
            )
        case "hugeBody": self = .hugeBody(try number("bytes", in: 0...1 << 40))
        case "endlessBody":
            self = .endlessBody(
                chunkBytes: try number("chunkBytes", in: 1...1 << 30),
                delay: .milliseconds(try number("ms", in: 0...86_400_000))
            )
        case "wrongDimension": self = .wrongDimension(try number("dimension", in: 0...65_536))
        case "wrongCount": self = .wrongCount(try number("by", in: -10_000...10_000))
        case "nan": self = .nan
        case "nullComponent": self = .nullComponent
        case "zeroVector": self = .zeroVector
        case "waitTimeout": self = .waitTimeout
        case "updateQueue": self = .updateQueue(try number("length", in: 0...1 << 30))
        case "collectionStatus":
            guard let status = json["status"]?.string else { throw .plan("\"status\" must be a string") }
            self = .collectionStatus(status)
        case let other:
            throw .plan(
                """
                "kind" must be status, echo, latency, reset, cutBody, slowBody, hugeBody, endlessBody, wrongDimension, \
                wrongCount, nan, nullComponent, zeroVector, waitTimeout, updateQueue or collectionStatus, not \(other ?? "missing")
                """
            )
        }
    }

    fileprivate var json: JSONObject {
        let value: JSONValue
        switch self {
        case .status(let status, let body, let headers):
            var fields = JSONObject()
            for (name, text) in headers.sorted(by: { $0.key < $1.key }) { fields[name] = .string(text) }
            value = [
                "kind": "status", "status": .integer(status), "body": body.map { .string($0) } ?? .null,
                "headers": .object(fields),
            ]
        case .echo(let status): value = ["kind": "echo", "status": .integer(status)]
        case .latency(let delay): value = ["kind": "latency", "ms": .integer(delay.wholeMilliseconds)]
        case .reset: value = ["kind": "reset"]
        case .cutBody: value = ["kind": "cutBody"]
        case .slowBody(let chunk, let delay):
            value = ["kind": "slowBody", "chunkBytes": .integer(chunk), "ms": .integer(delay.wholeMilliseconds)]
        case .hugeBody(let bytes): value = ["kind": "hugeBody", "bytes": .integer(bytes)]
        case .endlessBody(let chunk, let delay):
            value = ["kind": "endlessBody", "chunkBytes": .integer(chunk), "ms": .integer(delay.wholeMilliseconds)]
        case .wrongDimension(let dimension): value = ["kind": "wrongDimension", "dimension": .integer(dimension)]
        case .wrongCount(let difference): value = ["kind": "wrongCount", "by": .integer(difference)]
        case .nan: value = ["kind": "nan"]
        case .nullComponent: value = ["kind": "nullComponent"]
        case .zeroVector: value = ["kind": "zeroVector"]
        case .waitTimeout: value = ["kind": "waitTimeout"]
        case .updateQueue(let length): value = ["kind": "updateQueue", "length": .integer(length)]
        case .collectionStatus(let status): value = ["kind": "collectionStatus", "status": .string(status)]
        }
        return value.object ?? JSONObject()
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

extension SandboxError {
    fileprivate static func plan(_ message: String) -> SandboxError { SandboxError(.invalidFaultPlan, message) }
}
