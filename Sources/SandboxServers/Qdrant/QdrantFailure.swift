/// A request that the server refuses, in the words of the real one.
struct QdrantFailure: Error {
    let status: Int
    let message: String

    /// 400: understood, but not possible.
    static func wrongInput(_ message: String) -> QdrantFailure {
        QdrantFailure(status: 400, message: "Wrong input: \(message)")
    }

    /// 400: the body is not of the form that the route takes.
    static func format(_ message: String) -> QdrantFailure {
        QdrantFailure(status: 400, message: "Format error in JSON body: \(message)")
    }

    /// 422: of the right form, but against a rule.
    static func validation(_ message: String) -> QdrantFailure {
        QdrantFailure(status: 422, message: "Validation error in JSON body: [\(message)]")
    }

    static func notFound(_ message: String) -> QdrantFailure {
        QdrantFailure(status: 404, message: "Not found: \(message)")
    }

    static func noCollection(_ name: String) -> QdrantFailure { notFound("Collection `\(name)` doesn't exist!") }

    static func exists(_ name: String) -> QdrantFailure {
        QdrantFailure(status: 409, message: "Wrong input: Collection `\(name)` already exists!")
    }

    static func dimension(expected: Int, got: Int) -> QdrantFailure {
        wrongInput("Vector dimension error: expected dim: \(expected), got \(got)")
    }

    static func noVector(named name: String) -> QdrantFailure {
        wrongInput("Not existing vector name error: \(name)")
    }

    /// 500: the stand-in's own storage failed.
    static func storage(_ message: String) -> QdrantFailure {
        QdrantFailure(status: 500, message: "Service internal error: \(message)")
    }

    /// Something that the real server can do and this stand-in cannot.
    static func unsupported(_ what: String) -> QdrantFailure { wrongInput("the sandbox does not support \(what)") }
}
