import Foundation
import WireJSON

/// What holds of a comparison of any two texts.
enum EqualityProperty {
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter input: both texts, with a byte 0xFF between them.
    static func check(_ input: [UInt8]) throws {
        let split = input.firstIndex(of: 0xFF) ?? input.endIndex
        let left = input[..<split]
        let right = input[split...].dropFirst()
        let areEqual = JSONEquality.areEqual(left, right)
        try require(areEqual == JSONEquality.areEqual(right, left), "the order of the texts matters")
        for text in [left, right] {
            let equalsItself = JSONEquality.areEqual(text, text)
            try require(!areEqual || equalsItself, "equals another text, but not itself")
            if equalsItself { try checkReadable(text) }
            let padded = [0x20, 0x0A] + text + [0x09, 0x0D]
            try require(JSONEquality.areEqual(text, padded[...]) == equalsItself, "white space around it matters")
        }
        if areEqual { try checkShape(left, right) }
        if JSONEquality.areEqual(left, right, ignoring: ["a", "b"]) != areEqual {
            let isObject = left.contains(UInt8(ascii: "{")) && right.contains(UInt8(ascii: "{"))
            try require(isObject, "members are left out where there are none")
        }
    }

    private static func require(_ condition: Bool, _ text: String) throws {
        guard condition else { throw Violation(description: text) }
    }

    private static func decoded(_ text: ArraySlice<UInt8>) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
    }

    /// What equals itself can be read by others, if it is UTF-8.
    private static func checkReadable(_ text: ArraySlice<UInt8>) throws {
        guard let string = String(validating: text, as: UTF8.self) else { return }
        try require(decoded(text) != nil, "nobody else can read \(string)")
    }

    /// Others find values of one kind and size in texts that are equal.
    private static func checkShape(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) throws {
        guard let left = decoded(left), let right = decoded(right) else { return }
        switch (left, right) {
        case (let left as [String: Any], let right as [String: Any]):
            // Names that Unicode calls equivalent are one name to a dictionary.
            guard (Array(left.keys) + Array(right.keys)).allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) else {
                return
            }
            try require(left.count == right.count, "objects of \(left.count) and \(right.count) members")
        case (let left as [Any], let right as [Any]):
            try require(left.count == right.count, "arrays of \(left.count) and \(right.count) elements")
        case (let left as String, let right as String):
            try require(left.utf8.elementsEqual(right.utf8), "strings that others read differently")
        case (let left as NSNumber, let right as NSNumber):
            let (left, right) = (left.doubleValue, right.doubleValue)
            try require(abs(left - right) <= 4 * left.ulp, "\(left) and \(right)")
        case (is NSNull, is NSNull): break
        default: throw Violation(description: "\(left) and \(right)")
        }
    }
}
