internal import CLibCurl

/// Owns the list of header lines that one transfer sends.
struct HeaderList: ~Copyable {
    private(set) var first: UnsafeMutablePointer<curl_slist>?

    init(_ headers: [HTTPHeader]) throws(HTTPError) {
        // An empty field removes the one that curl would add: waiting for `100 Continue` costs a round trip, or a whole
        // second at a server that does not know it.
        try append("Expect:")
        for header in headers {
            // curl's spelling of a field that is sent without a value.
            try append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
        }
    }

    deinit {
        curl_slist_free_all(first)
    }

    private mutating func append(_ line: String) throws(HTTPError) {
        guard let longer = curl_slist_append(first, line) else {
            throw HTTPError(.other, "out of memory for a header")
        }
        first = longer
    }
}
