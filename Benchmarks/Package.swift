// swift-tools-version: 6.2
import PackageDescription

/// What the hot paths cost. `build.sh` knows the flags that this package wants.
///
/// - `Workloads` has them as functions of a number of iterations, with the same input every time.
/// - `Readings` shows them to people: wall and processor time, by the plugin of ordo-one/benchmark.
/// - `CountedWorkload` runs one for `counts.py`, which compares its instructions under callgrind with the thresholds.
/// - `JournalCost` is called by `perf/journal.sh`: fewer, longer measurements than the plugin makes.
func ours(_ products: String...) -> [Target.Dependency] {
    products.map { .product(name: $0, package: "pattern-sync") }
}

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "pattern-sync", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .target(
            name: "Workloads",
            dependencies: ours("JournalFile", "Pipeline", "Qdrant", "WireJSON"),
            path: "Benchmarks/Workloads"
        ),
        .executableTarget(name: "CountedWorkload", dependencies: ["Workloads"], path: "Benchmarks/CountedWorkload"),
        .executableTarget(
            name: "Readings",
            dependencies: ["Workloads", .product(name: "Benchmark", package: "benchmark")],
            path: "Benchmarks/Readings",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        ),
        .executableTarget(
            name: "JournalCost",
            dependencies: ["Workloads"] + ours("JournalFile", "Pipeline"),
            path: "Benchmarks/JournalCost"
        ),
    ]
)
