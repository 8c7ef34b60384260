/// A fair sample of a stream whose length is not known before its end.
struct Reservoir<Element> {
    let capacity: Int
    private(set) var elements: [Element] = []
    private var seen = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Each element so far is in the sample with the same probability.
    mutating func add(_ element: Element) {
        seen += 1
        if elements.count < capacity {
            elements.append(element)
        } else {
            let place = Int.random(in: 0..<seen)
            if place < capacity { elements[place] = element }
        }
    }
}
