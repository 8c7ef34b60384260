/// The cells of a server as a table: a row for each request size, a column for each number of requests in flight.
struct SettingGrid {
    let texts: [Int]
    let inFlight: [Int]
    private let cells: [ServerReport.Setting: ServerReport.Cell]

    init(_ server: ServerReport) {
        // A setting that was tried twice is shown as it was found last.
        cells = Dictionary(server.cells.map { ($0.setting, $0) }) { _, last in last }
        texts = Set(cells.keys.map(\.texts)).sorted()
        inFlight = Set(cells.keys.map(\.inFlight)).sorted()
    }

    subscript(texts texts: Int, inFlight inFlight: Int) -> ServerReport.Cell? {
        cells[ServerReport.Setting(texts: texts, inFlight: inFlight)]
    }

    /// Row after row.
    var ordered: [ServerReport.Cell] {
        texts.flatMap { row in inFlight.compactMap { self[texts: row, inFlight: $0] } }
    }
}
