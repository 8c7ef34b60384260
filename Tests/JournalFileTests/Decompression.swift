import CLibZstd
import Testing

/// All content of the bytes, as `zstd -dc` prints it.
func decompressed(_ bytes: [UInt8]) throws -> String {
    let stream = ZSTD_createDStream()
    defer { ZSTD_freeDStream(stream) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 100)
    try bytes.withUnsafeBytes { bytes in
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        var status = 0
        while input.pos < input.size || status != 0 {
            try chunk.withUnsafeMutableBytes { chunk in
                var output = ZSTD_outBuffer(dst: chunk.baseAddress, size: chunk.count, pos: 0)
                status = ZSTD_decompressStream(stream, &output, &input)
                try #require(ZSTD_isError(status) == 0)
                result += chunk.prefix(output.pos)
            }
        }
    }
    return try #require(String(validating: result, as: UTF8.self))
}

func decompressedLines(_ bytes: [UInt8]) throws -> [String] {
    try decompressed(bytes).split(separator: "\n").map(String.init)
}
