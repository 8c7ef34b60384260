internal import Foundation

/// A file that the operator named to be read, whatever it is: a pipe as well.
enum InputFile {
    enum Failure: Error {
        case unreadable
        case tooLarge
    }

    /// Reads all of it, up to its end.
    static func read(_ path: String, atMost limit: Int) throws(Failure) -> Data {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .unreadable }
        var data = Data()
        do {
            while let part = try file.read(upToCount: 1 << 16), !part.isEmpty {
                data += part
                if data.count > limit { break }
            }
        } catch {
            throw .unreadable
        }
        guard data.count <= limit else { throw .tooLarge }
        return data
    }
}
