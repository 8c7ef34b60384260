internal import CLibCurl

/// Owns one curl multi handle: the transfers in progress and the connections kept alive between them.
///
/// One thread uses it, except for its `waker`.
struct MultiHandle: ~Copyable {
    private let pointer: UnsafeMutableRawPointer

    init() throws(HTTPError) {
        guard let pointer = curl_multi_init() else { throw HTTPError(.other, "out of memory for an HTTP client") }
        // Without a number of its own the pool shrinks with the transfers in progress, and closes what the next burst
        // would use again.
        let code = shim_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, 256)
        guard code == CURLM_OK else {
            curl_multi_cleanup(pointer)
            throw HTTPError(code)
        }
        self.pointer = pointer
    }

    deinit {
        curl_multi_cleanup(pointer)
    }

    func add(_ easy: EasyHandle) throws(HTTPError) {
        try check(curl_multi_add_handle(pointer, easy.pointer))
    }

    /// Closes the connection of a transfer that is not complete.
    func remove(_ easy: EasyHandle) {
        // It fails only for a handle that is not here, which the loop's table rules out.
        curl_multi_remove_handle(pointer, easy.pointer)
    }

    /// Does what can be done without waiting.
    func perform() throws(HTTPError) {
        var running: Int32 = 0
        try check(curl_multi_perform(pointer, &running))
    }

    /// Waits until a transfer can go on, a timeout of one is due, or somebody wakes it.
    func wait(milliseconds: Int32) throws(HTTPError) {
        try check(curl_multi_poll(pointer, nil, 0, milliseconds, nil))
    }

    /// The next transfer that has ended: its handle and how it went.
    func nextCompletion() -> (easy: UnsafeMutableRawPointer, code: CURLcode)? {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(pointer, &remaining) {
            if message.pointee.msg == CURLMSG_DONE {
                return (message.pointee.easy_handle, message.pointee.data.result)
            }
        }
        return nil
    }

    private func check(_ code: CURLMcode) throws(HTTPError) {
        guard code == CURLM_OK else { throw HTTPError(code) }
    }

    /// Ends the wait of a multi handle, from any thread.
    struct Waker: @unchecked Sendable {
        // `@unchecked Sendable`: the pointer is only ever handed to `curl_multi_wakeup`, which curl documents as the one
        // function to call from another thread. `TransferInbox` calls it under the lock that withdraws the waker
        // before the handle is freed.
        fileprivate let pointer: UnsafeMutableRawPointer

        /// Does not block. A handle that is not waiting skips its next wait.
        func wake() {
            curl_multi_wakeup(pointer)
        }
    }

    var waker: Waker { Waker(pointer: pointer) }
}
