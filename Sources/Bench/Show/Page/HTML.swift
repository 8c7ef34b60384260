/// Markup. What is written as a literal is markup; strings that are put into it are data, and escaped.
struct HTML: ExpressibleByStringInterpolation, Sendable {
    private(set) var source: String

    init(stringLiteral value: String) { source = value }

    init(stringInterpolation: StringInterpolation) { source = stringInterpolation.source }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var source = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            source.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) { source += literal }

        mutating func appendInterpolation(_ text: String) { source += HTML.escaped(text) }

        mutating func appendInterpolation(_ html: HTML) { source += html.source }

        /// Nothing where there is none.
        mutating func appendInterpolation(_ html: HTML?) { source += html?.source ?? "" }

        mutating func appendInterpolation(_ list: [HTML]) {
            for html in list { source += html.source + "\n" }
        }

        /// A coordinate in parts of the whole, as a percentage; what is far outside stays in reach of a drawing.
        mutating func appendInterpolation(at share: Double) {
            let bounded = share.isFinite ? min(max(share, -1), 2) : 0
            source += "\((bounded * 10_000).rounded() / 100)%"
        }

        /// A coordinate or a length in pixels.
        mutating func appendInterpolation(pixels: Int) { source += String(pixels) }
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.printable.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
