internal import CLibZstd

/// A zstd frame that its content cannot be had from.
struct ZstandardError: Error {
    var reason: String
}

/// Makes complete, checksummed zstd frames.
struct ZstandardCompressor: ~Copyable {
    private let context: OpaquePointer

    init() {
        guard let context = ZSTD_createCCtx() else { fatalError("out of memory") }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 3)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        self.context = context
    }

    deinit {
        ZSTD_freeCCtx(context)
    }

    func frame(of content: ArraySlice<UInt8>) -> [UInt8] {
        let bound = ZSTD_compressBound(content.count)
        return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            count = content.withUnsafeBytes {
                ZSTD_compress2(context, output.baseAddress, bound, $0.baseAddress, $0.count)
            }
            // Memory apart, nothing can fail: there is room for the worst case.
            precondition(ZSTD_isError(count) == 0, "zstd cannot compress: \(String(cString: ZSTD_getErrorName(count)))")
        }
    }
}

/// Takes the content out of complete zstd frames.
struct ZstandardDecompressor: ~Copyable {
    private let context: OpaquePointer

    init() {
        guard let context = ZSTD_createDCtx() else { fatalError("out of memory") }
        self.context = context
    }

    deinit {
        ZSTD_freeDCtx(context)
    }

    /// - Parameter byteCount: how large the content is; no more memory than that is taken, whatever the frame says.
    func content(of frame: ArraySlice<UInt8>, byteCount: Int) throws(ZstandardError) -> [UInt8] {
        var result = 0
        let content = [UInt8](unsafeUninitializedCapacity: byteCount) { output, count in
            result = frame.withUnsafeBytes {
                ZSTD_decompressDCtx(context, output.baseAddress, byteCount, $0.baseAddress, $0.count)
            }
            count = ZSTD_isError(result) == 0 ? result : 0
        }
        guard ZSTD_isError(result) == 0 else {
            throw ZstandardError(reason: String(cString: ZSTD_getErrorName(result)))
        }
        guard content.count == byteCount else {
            throw ZstandardError(reason: "it holds \(content.count) bytes, not \(byteCount)")
        }
        return content
    }
}
