// swift-tools-version: 6.2
import PackageDescription

/// Fuzzers, each for one property that the ordinary tests hold over `Corpus` too; the properties' files are links to theirs.
/// To be built by `scripts/fuzz.sh`, which knows what libFuzzer needs.
func fuzzer(_ name: String, _ product: String) -> Target {
    .executableTarget(
        name: "Fuzz\(name)",
        dependencies: [.product(name: product, package: "pattern-sync"), "Fuzzing"],
        swiftSettings: [.swiftLanguageMode(.v6)]
    )
}

let package = Package(
    name: "fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "pattern-sync", path: "..")],
    targets: [
        .target(name: "Fuzzing", swiftSettings: [.swiftLanguageMode(.v6)]),
        fuzzer("VectorScan", "WireJSON"),
        fuzzer("JSONEquality", "WireJSON"),
        fuzzer("Journal", "JournalFile"),
        fuzzer("Configuration", "Settings"),
    ]
)
