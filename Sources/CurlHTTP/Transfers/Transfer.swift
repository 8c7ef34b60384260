internal import CLibCurl

/// One request in progress: the handle curl works on, and what its callbacks read and write.
///
/// It is not `Sendable`: the loop's thread makes it, and curl calls back on that thread. The loop's table keeps it alive
/// for as long as the handle, which knows it as a bare pointer, is in the multi handle.
final class Transfer {
    let easy: EasyHandle
    let submission: Submission
    private let headers: HeaderList
    private var sentBytes = 0
    private var received: [UInt8] = []
    private var exceedsMaximum = false

    init(_ submission: Submission, on easy: EasyHandle, for configuration: HTTPClientConfiguration) throws(HTTPError) {
        self.submission = submission
        self.easy = easy
        headers = try HeaderList(submission.request.headers)
        try easy.useErrorBuffer()
        try easy.apply(configuration)
        try easy.apply(submission.request)
        try easy.set(headers: headers.first)
        try connectCallbacks()
    }

    /// The transfer that a handle belongs to.
    static func of(_ easy: UnsafeMutableRawPointer) -> Transfer? {
        var context: UnsafeMutableRawPointer?
        guard shim_easy_get_pointer(easy, CURLINFO_PRIVATE, &context) == CURLE_OK, let context else { return nil }
        return Unmanaged.fromOpaque(context).takeUnretainedValue()
    }

    /// What the caller gets for a transfer that curl has ended with `code`. Asked once: it gives the body away.
    func result(_ code: CURLcode) -> Result<HTTPResponse, HTTPError> {
        if exceedsMaximum || code == CURLE_FILESIZE_EXCEEDED {
            let limit = submission.request.maximumResponseBytes
            return .failure(HTTPError(.tooLarge, "the response is larger than \(limit) bytes"))
        }
        guard code == CURLE_OK else { return .failure(HTTPError(code, text: easy.errorText)) }
        // No server means more than a year, whatever number it writes.
        let retryAfter = min(easy.offset(CURLINFO_RETRY_AFTER) ?? 0, 365 * 86_400)
        return .success(
            HTTPResponse(
                status: easy.integer(CURLINFO_RESPONSE_CODE),
                body: received.take(),
                contentType: easy.text(CURLINFO_CONTENT_TYPE),
                redirect: easy.text(CURLINFO_REDIRECT_URL).flatMap(URLSyntax.origin),
                retryAfter: retryAfter > 0 ? .seconds(retryAfter) : nil,
                reusedConnection: easy.integer(CURLINFO_NUM_CONNECTS) == 0
            )
        )
    }

    // MARK: Callbacks

    private func connectCallbacks() throws(HTTPError) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        try easy.set(CURLOPT_PRIVATE, pointer: context)
        try easy.set(CURLOPT_WRITEDATA, pointer: context)
        try easy.setWriteFunction { bytes, size, count, context in
            guard let transfer = Transfer.from(context) else { return 0 }
            return transfer.receive(UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
        try easy.set(CURLOPT_READDATA, pointer: context)
        try easy.setReadFunction { buffer, size, count, context in
            guard let transfer = Transfer.from(context) else { return Int(CURL_READFUNC_ABORT) }
            return transfer.fill(UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
        }
        try easy.set(CURLOPT_SEEKDATA, pointer: context)
        try easy.setSeekFunction { context, offset, origin in
            guard let transfer = Transfer.from(context) else { return CURL_SEEKFUNC_FAIL }
            return transfer.seek(to: Int(offset), from: origin)
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }

    /// - Returns: how many of `bytes` were taken; anything but all of them ends the transfer.
    private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        let maximum = submission.request.maximumResponseBytes
        guard bytes.count <= maximum - received.count else {
            exceedsMaximum = true
            return 0
        }
        if received.isEmpty, let announced = easy.offset(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T) {
            received.reserveCapacity(min(announced, maximum))
        }
        received.append(contentsOf: bytes)
        return bytes.count
    }

    /// - Returns: how many bytes of the body were put into `buffer`; 0 at its end.
    private func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        submission.request.body.withUnsafeBytes { body in
            let count = min(buffer.count, body.count - sentBytes)
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: body[sentBytes..<sentBytes + count]))
            sentBytes += count
            return count
        }
    }

    /// curl goes back to the start when it sends the request again over a fresh connection.
    private func seek(to offset: Int, from origin: Int32) -> Int32 {
        guard origin == 0, (0...submission.request.body.count).contains(offset) else { return CURL_SEEKFUNC_FAIL }
        sentBytes = offset
        return CURL_SEEKFUNC_OK
    }
}

extension [UInt8] {
    /// Moves the bytes out, so that no copy is made and none is kept.
    fileprivate mutating func take() -> [UInt8] {
        defer { self = [] }
        return self
    }
}
