internal import CLibCurl

/// Owns one curl easy handle, that is one transfer's options and state, and the buffer for its error text.
///
/// It is not `Sendable`: only the thread that made it uses it.
final class EasyHandle {
    let pointer: UnsafeMutableRawPointer
    private let errorBuffer: UnsafeMutablePointer<CChar>

    init() throws(HTTPError) {
        guard let pointer = curl_easy_init() else { throw HTTPError(.other, "out of memory for a transfer") }
        self.pointer = pointer
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(pointer)
        errorBuffer.deallocate()
    }

    /// What went wrong last, in curl's words.
    var errorText: String { String(cString: errorBuffer) }

    /// Returns every option to its default, for the next transfer.
    func reset() {
        curl_easy_reset(pointer)
        errorBuffer[0] = 0
    }

    // MARK: Options

    func useErrorBuffer() throws(HTTPError) {
        try check(shim_easy_set_pointer(pointer, CURLOPT_ERRORBUFFER, errorBuffer))
    }

    func set(_ option: CURLoption, _ value: Int) throws(HTTPError) {
        try check(shim_easy_set_long(pointer, option, value))
    }

    func set(_ option: CURLoption, offset value: Int) throws(HTTPError) {
        try check(shim_easy_set_offset(pointer, option, curl_off_t(value)))
    }

    /// - Parameter value: nil leaves the feature out.
    func set(_ option: CURLoption, _ value: String?) throws(HTTPError) {
        try check(shim_easy_set_text(pointer, option, value))
    }

    /// - Parameter value: must outlive the transfer.
    func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer) throws(HTTPError) {
        try check(shim_easy_set_pointer(pointer, option, value))
    }

    /// - Parameter value: must outlive the transfer.
    func set(headers value: UnsafeMutablePointer<curl_slist>?) throws(HTTPError) {
        try check(shim_easy_set_list(pointer, CURLOPT_HTTPHEADER, value))
    }

    func limitToHTTP() throws(HTTPError) {
        try check(shim_easy_set_http_only(pointer))
    }

    func setQuickExit() throws(HTTPError) {
        try check(shim_easy_set_quick_exit(pointer))
    }

    func setWriteFunction(_ function: curl_write_callback) throws(HTTPError) {
        try check(shim_easy_set_write_function(pointer, function))
    }

    func setReadFunction(_ function: curl_read_callback) throws(HTTPError) {
        try check(shim_easy_set_read_function(pointer, function))
    }

    func setSeekFunction(_ function: curl_seek_callback) throws(HTTPError) {
        try check(shim_easy_set_seek_function(pointer, function))
    }

    private func check(_ code: CURLcode) throws(HTTPError) {
        guard code == CURLE_OK else { throw HTTPError(code, text: errorText) }
    }

    // MARK: Facts about the transfer

    /// 0 when curl does not know.
    func integer(_ info: CURLINFO) -> Int {
        var value = 0
        return shim_easy_get_long(pointer, info, &value) == CURLE_OK ? value : 0
    }

    /// Nil when curl does not know.
    func offset(_ info: CURLINFO) -> Int? {
        var value: curl_off_t = -1
        return shim_easy_get_offset(pointer, info, &value) == CURLE_OK && value >= 0 ? Int(value) : nil
    }

    func text(_ info: CURLINFO) -> String? {
        var value: UnsafePointer<CChar>?
        guard shim_easy_get_text(pointer, info, &value) == CURLE_OK, let value else { return nil }
        return String(cString: value)
    }
}
