/// What is wrong with an option, a variable or the configuration file; ends the program with exit code 2.
public struct UsageError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
