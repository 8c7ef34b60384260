internal import Foundation

/// Whether programs and tests are built with a sanitizer, which changes what they take of memory: `make sanitize` says so.
package enum Sanitizer {
    package static var isOn: Bool { ProcessInfo.processInfo.environment["SANITIZER"] != nil }
}
