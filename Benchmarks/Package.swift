// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "pattern-sync", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "VectorPath",
            dependencies: [
                .product(name: "WireJSON", package: "pattern-sync"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/VectorPath",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
        // Called by perf/journal.sh: fewer, longer measurements than the plugin makes.
        .executableTarget(
            name: "JournalCost",
            dependencies: [
                .product(name: "JournalFile", package: "pattern-sync"),
                .product(name: "Pipeline", package: "pattern-sync"),
            ],
            path: "Benchmarks/JournalCost"
        ),
    ]
)
