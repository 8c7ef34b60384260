internal import ArgumentParser

/// The options of `bench`, as they were typed.
struct BenchOptions: ParsableArguments {
    @Flag(help: "Measures each setting for a short time only.")
    var quick = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Measures each setting for at most so many seconds (8).", valueName: "seconds")
    )
    var cellSeconds: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Begins no setting of a server after so many seconds (90).", valueName: "seconds")
    )
    var maxSeconds: Double?

    @Flag(help: "Unloads each model first, so that loading it is measured.")
    var cold = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Embeds a sample of so many texts (200).", valueName: "n"))
    var texts: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Measures just these numbers of texts a request, such as 1,16,64.", valueName: "list")
    )
    var embedBatches: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Measures just these numbers of requests in flight, such as 1,2,4.", valueName: "list")
    )
    var inFlight: String?

    @Option(help: ArgumentHelp("Measures just this: embedder, source, sink or pipeline.", valueName: "stage"))
    var only: String?

    @Option(
        help: ArgumentHelp("What goes before each text: none, or what the model prescribes.", valueName: "none|model")
    )
    var prefix: String?

    @Flag(help: "Prints the report as JSON.")
    var json = false

    @Option(help: ArgumentHelp("Writes a page with charts; '-' is standard output.", valueName: "file"))
    var html: String?

    @Option(help: ArgumentHelp("Compares with a report that --json has printed before.", valueName: "file"))
    var compare: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Exits with 1 when anything is so much slower than before; with --compare.",
            valueName: "percent"
        )
    )
    var failBelow: Double?
}
