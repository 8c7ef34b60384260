/// A page, read as strictly as it is written: each attribute in double quotes, each element closed, besides those that have no
/// content.
struct Markup {
    struct Element {
        let name: String
        let attributes: [String: String]
    }

    private(set) var elements: [Element] = []
    /// The text of the body, with one space wherever there is space or markup.
    private(set) var text = ""
    /// What is wrong with it.
    private(set) var fault: String?

    private static let empty: Set<String> = ["meta", "br"]

    func values(of attribute: String) -> [String] { elements.compactMap { $0.attributes[attribute] } }

    init(_ page: String) { read(page) }

    private mutating func read(_ page: String) {
        var open: [String] = []
        var words = ""
        var rest = page[...]
        while let start = rest.firstIndex(of: "<") {
            words += rest[..<start] + " "
            guard let end = Self.end(of: rest[start...]) else { return fail("a tag without an end") }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("!DOCTYPE") { continue }
            if tag.hasPrefix("/") {
                guard open.popLast() == String(tag.dropFirst()) else { return fail("<\(tag)> closes something else") }
                continue
            }
            guard let element = Self.element(tag.hasSuffix("/") ? tag.dropLast() : tag) else {
                return fail("<\(tag)> cannot be read")
            }
            elements.append(element)
            if element.name == "style", let content = rest.firstIndex(of: "<") { rest = rest[content...] }
            if !tag.hasSuffix("/"), !Self.empty.contains(element.name) { open.append(element.name) }
        }
        if !open.isEmpty { fail("not closed: \(open)") }
        if words.contains(">") { fail("a bracket that was not escaped") }
        text = Self.decoded(words).split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    }

    private mutating func fail(_ reason: String) { fault = reason }

    /// Where the tag ends: a bracket that is in no quotes.
    private static func end(of tag: Substring) -> Substring.Index? {
        var isQuoted = false
        for index in tag.indices {
            if tag[index] == "\"" { isQuoted.toggle() }
            if tag[index] == ">", !isQuoted { return index }
        }
        return nil
    }

    private static func element(_ tag: Substring) -> Element? {
        let name = tag.prefix { !$0.isWhitespace }
        var attributes: [String: String] = [:]
        var rest = tag.dropFirst(name.count).drop { $0.isWhitespace }
        while !rest.isEmpty {
            let key = rest.prefix { $0 != "=" }
            rest = rest.dropFirst(key.count + 1)
            guard !key.contains(where: \.isWhitespace), rest.first == "\"" else { return nil }
            let value = rest.dropFirst().prefix { $0 != "\"" }
            rest = rest.dropFirst(value.count + 2).drop { $0.isWhitespace }
            guard attributes.updateValue(decoded(String(value)), forKey: String(key)) == nil else { return nil }
        }
        return Element(name: String(name), attributes: attributes)
    }

    private static func decoded(_ text: String) -> String {
        let names = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
        return names.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}
