/// What is wrong with an option, a variable or the configuration file; ends the program with exit code 2.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
