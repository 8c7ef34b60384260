internal import Foundation

/// Whether tests take their long form, which takes minutes: `make torture` sets TORTURE.
package enum Torture {
    package static var isOn: Bool { ProcessInfo.processInfo.environment["TORTURE"] == "1" }

    /// How often to do something at random: seldom among all tests, often in the long form.
    package static func rounds(_ few: Int, long many: Int) -> Int { isOn ? many : few }
}
