/// What the values of a report are called, in the text and on the page alike.
enum Wording {
    static func execution(_ execution: ServerReport.Execution?) -> String {
        switch execution {
        case .serial: "runs texts one after another: more requests in flight, or more texts a request, only wait"
        case .parallel: "works on several requests at a time: keep enough of them in flight"
        case .batching: "works on the texts of a request together: larger requests cost less a text"
        case nil: "too little was measured to tell how it works on several texts"
        }
    }

    static func setting(_ setting: ServerReport.Setting) -> String {
        "\(Figures.counted(setting.texts, "text")) a request, \(Figures.count(setting.inFlight)) in flight"
    }

    /// Beside others of its kind, where a heading says what the numbers are.
    static func shortSetting(_ setting: ServerReport.Setting) -> String {
        "\(Figures.count(setting.texts)) \u{00D7} \(Figures.count(setting.inFlight))"
    }

    /// Why measuring ended.
    static func end(_ cell: ServerReport.Cell) -> String {
        if cell.isRefused { return "refused" }
        return switch cell.ended {
        case .confident: "narrow enough"
        case .timeLimit: "time was up"
        case .errors: "too many errors"
        case .interrupted: "interrupted"
        }
    }

    static func stage(_ name: StageReport.Name) -> String {
        switch name {
        case .source: "source"
        case .embedder: "embedder"
        case .sink: "sink"
        case .pipeline: "whole sync"
        }
    }

    /// What a stage is made of.
    static func system(_ name: StageReport.Name) -> String {
        switch name {
        case .source: "PostgreSQL, read alone"
        case .embedder: "all servers together, each at its best"
        case .sink: "Qdrant, written to alone"
        case .pipeline: "all of them at once"
        }
    }

    static func bottleneck(_ report: BenchReport) -> String? {
        guard let name = report.bottleneck else { return nil }
        var text: String
        switch name {
        case .source: text = "The source is the bottleneck: PostgreSQL hands out rows no faster."
        case .embedder: text = "The embedder is the bottleneck: a sync is as fast as its embedding servers."
        case .sink: text = "The sink is the bottleneck: Qdrant takes points no faster."
        case .pipeline: text = "The sync itself is the bottleneck: each stage alone is faster than all together."
        }
        if name != .pipeline, let share = share(of: name, in: report) {
            text += " The whole sync reaches \(Figures.percent(share * 100)) of that."
        }
        return text
    }

    /// What the whole sync reaches of a stage's ceiling.
    static func share(of name: StageReport.Name, in report: BenchReport) -> Double? {
        guard let ceiling = report.stage(name)?.measured, let whole = report.stage(.pipeline)?.measured else {
            return nil
        }
        return whole.mean / ceiling.mean
    }

    static func coldLoad(_ load: ServerReport.ColdLoad) -> String {
        var text = "\(Figures.seconds(load.seconds)) to the first answer"
        switch load.hadToLoad {
        case true: text += "; the model had to be loaded"
        case false: text += "; the model was there already"
        case nil: break
        }
        if let seconds = load.loadSeconds { text += ", \(Figures.seconds(seconds)) of it loading" }
        return text
    }

    static func texts(_ texts: BenchReport.TextSample) -> String {
        let origin = texts.origin == .table ? "from the table" : "of the built-in set"
        return "\(Figures.counted(texts.count, "text")) \(origin), \(Figures.bytes(texts.meanBytes)) on average, "
            + "95 % up to \(Figures.bytes(Double(texts.p95Bytes)))"
    }

    static func model(_ model: BenchReport.Model) -> String {
        var parts = [model.provider, Figures.counted(model.dimension, "component")]
        if let length = model.contextLength { parts.append("context of \(Figures.counted(length, "token"))") }
        if let digest = model.digest { parts.append("digest \(digest.prefix(12))") }
        return parts.joined(separator: ", ")
    }

    static func machine(_ machine: BenchReport.Machine) -> String {
        "\(machine.system), \(Figures.counted(machine.processors, "processor"))"
    }

    /// A moment in ISO 8601, to the minute; what is something else stays as it is.
    static func moment(_ iso: String) -> String {
        let parts = iso.split(separator: "T")
        guard parts.count == 2, parts[0].count == 10, parts[1].count >= 6, parts[1].hasSuffix("Z") else { return iso }
        return "\(parts[0]) \(parts[1].prefix(5)) UTC"
    }

    /// What the recommended options do beside making it fast.
    static let fixedSettings =
        "Without these options a sync finds its setting by itself, and follows a server that gets faster or slower; with "
        + "them it keeps to these."

    static func errors(_ cell: ServerReport.Cell) -> String {
        if cell.isRefused { return "refused, and larger requests with it: \(cell.firstError ?? "")" }
        let text =
            "\(Figures.counted(cell.errors, "request")) failed, \(Figures.count(cell.requests)) "
            + (cell.requests == 1 ? "was answered" : "were answered")
        return cell.firstError.map { "\(text): \($0)" } ?? text
    }
}
