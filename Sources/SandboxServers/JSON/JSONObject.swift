/// The members of a JSON object in the order they were written; of two with one key the later one counts.
struct JSONObject: Sendable, Equatable {
    struct Member: Sendable, Equatable {
        let key: String
        var value: JSONValue
    }

    private(set) var members: [Member] = []

    /// Setting `nil` removes the member.
    subscript(key: String) -> JSONValue? {
        get { index(of: key).map { members[$0].value } }
        set {
            switch (index(of: key), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Keys are compared as bytes: two spellings of one character are different keys.
    private func index(of key: String) -> Int? {
        members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
    }

    /// Takes over each member of `other`; members that are null there are removed when `removingNulls`.
    mutating func merge(_ other: JSONObject, removingNulls: Bool) {
        for member in other.members {
            self[member.key] = removingNulls && member.value == .null ? nil : member.value
        }
    }
}
