/// What happens to the table.
extension World {
    private static let words = [
        "read", "file", "sort", "list", "parse", "json", "map", "tree", "url", "hash", "é👍", "\"q\\",
    ]

    func text() -> String {
        (0..<number(1...4)).map { _ in Self.words.randomElement(using: &random) ?? "" }.joined(separator: " ")
    }

    func payload() -> String {
        switch number(0...5) {
        case 0: "{}"
        case 1: #"{"tags": ["\#(number(0...9))", null], "deep": {"n": 1.50, "big": 12345678901234567890}}"#
        case 2: #"{"text_": "\"\\\n", "_sync_": {"source": "other"}, "n": 1e2}"#
        default: #"{"n": \#(number(0...9))}"#
        }
    }

    func keyNumber() -> Int { number(0...45) }

    func insertRows(_ count: Int) throws {
        for _ in 0..<count {
            let kind = chance(10) ? "prose" : "code"
            // Without a primary key the table takes a key twice, which the program refuses.
            try table.run(
                "INSERT INTO items SELECT $1::\(key.rawValue), $2, $3, $4::jsonb WHERE NOT EXISTS "
                    + "(SELECT FROM items WHERE id = $1::\(key.rawValue))",
                [key.key(keyNumber()), kind, text(), payload()]
            )
        }
    }

    private func update(_ assignment: String, _ parameters: [String] = [], count: Int) throws {
        for _ in 0..<count {
            let id = "$\(parameters.count + 1)::\(key.rawValue)"
            try table.run("UPDATE items SET \(assignment) WHERE id = \(id)", parameters + [key.key(keyNumber())])
        }
    }

    func changeTable() throws {
        let count = number(1...8)
        switch number(0...9) {
        case 0, 1:
            log.append("insert \(count)")
            try insertRows(count)
        case 2, 3:
            log.append("texts \(count)")
            for _ in 0..<count { try update("body = $1", [text()], count: 1) }
        case 4:
            log.append("payloads \(count)")
            for _ in 0..<count { try update("meta = $1::jsonb", [payload()], count: 1) }
        case 5:
            log.append("kinds \(count)")
            try update("kind = CASE kind WHEN 'code' THEN 'prose' ELSE 'code' END", count: count)
        case 6:
            log.append("flaws \(count)")
            let flaw = ["body = ' '", "body = NULL", "meta = '[1]'", "meta = NULL"].randomElement(using: &random)
            try update(flaw ?? "", count: count)
        case 7:
            log.append("keys \(count)")
            for _ in 0..<count {
                let type = key.rawValue
                try table.run(
                    "UPDATE items SET id = $1::\(type) WHERE id = $2::\(type) AND NOT EXISTS "
                        + "(SELECT FROM items WHERE id = $1::\(type))",
                    [key.key(keyNumber()), key.key(keyNumber())]
                )
            }
        case 8:
            log.append("delete \(count * 2)")
            for _ in 0..<count * 2 {
                try table.run("DELETE FROM items WHERE id = $1::\(key.rawValue)", [key.key(keyNumber())])
            }
        default:
            if chance(8) {
                log.append("delete all")
                try table.run("DELETE FROM items")
            } else {
                log.append("same texts \(count)")
                try update("body = $1", [text()], count: count)
            }
        }
    }
}
