// swift-tools-version: 6.2
import PackageDescription

/// One list for every target of our own; dependencies keep their own settings.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335: a protocol used as a type says `any`
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409: no C type can leak into a public signature
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444: a member needs the import that declares it
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461: async functions stay where they are called
    .treatAllWarnings(as: .error),  // SE-0480
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let histogram: Target.Dependency = .product(name: "Histogram", package: "hdrhistogram-swift")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let serving: [Target.Dependency] = [
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
]

let package = Package(
    name: "pattern-sync",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "pattern-sync", targets: ["pattern-sync"]),
        .executable(name: "pattern-sync-sandbox", targets: ["pattern-sync-sandbox"]),
        // For the benchmarks and the fuzzers, which are packages of their own.
        .library(name: "JournalFile", targets: ["JournalFile"]),
        .library(name: "Pipeline", targets: ["Pipeline"]),
        .library(name: "Qdrant", targets: ["Qdrant"]),
        .library(name: "Settings", targets: ["Settings"]),
        .library(name: "WireJSON", targets: ["WireJSON"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The C libraries: a module map and a header each.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        // The engine, and the ground it and its adapters stand on.
        library("Pipeline", [.product(name: "DequeModule", package: "swift-collections")]),
        library("Threading"),
        library("WireJSON"),
        library("CurlHTTP", ["CLibCurl", "Threading"]),

        // The adapters: each knows the engine's contracts, none knows another.
        library("Postgres", ["CLibPQ", "Pipeline", "Threading"]),
        library("Embedding", ["CurlHTTP", "Pipeline", "WireJSON", crypto]),
        library("Qdrant", ["CurlHTTP", "Pipeline", "WireJSON", crypto]),
        library("JournalFile", ["CLibZstd", "Pipeline", "Threading"]),

        // Measures stages through the same contracts, and shows what it found.
        library("Bench", ["Pipeline", histogram]),

        // What was said about the settings, and where.
        library("Settings", ["Yams"]),
        program(
            "pattern-sync",
            [
                "Bench", "CurlHTTP", "Embedding", "JournalFile", "Pipeline", "Postgres", "Qdrant", "Settings",
                "Threading", arguments, crypto, logging,
            ]
        ),

        // A stand-in for the servers, for the demo and the tests.
        library("SandboxServers", ["Threading", logging] + serving),
        program("pattern-sync-sandbox", ["SandboxServers", arguments, logging, signals]),

        .target(
            name: "TestSupport",
            dependencies: ["Pipeline", "SandboxServers", "Threading"],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        tests("PipelineTests", ["Pipeline", "TestSupport"]),
        tests("BenchTests", ["Bench", "Pipeline", "TestSupport"]),
        tests("WireJSONTests", ["WireJSON"]),
        tests("SettingsTests", ["Settings"]),
        tests("CurlHTTPTests", ["CurlHTTP", "Threading"]),
        tests("PostgresTests", ["Pipeline", "Postgres", "TestSupport"]),
        tests("EmbeddingTests", ["CurlHTTP", "Embedding", "Pipeline", "SandboxServers", "TestSupport"]),
        tests("QdrantTests", ["CurlHTTP", "Pipeline", "Qdrant", "SandboxServers", "TestSupport"]),
        tests(
            "JournalFileTests",
            ["CLibZstd", "JournalFile", "Pipeline", "TestSupport", "Threading"],
            exclude: ["Golden"]
        ),
        tests("SandboxServersTests", ["SandboxServers"]),
        tests(
            "EndToEndTests",
            [
                "Bench", "CurlHTTP", "Embedding", "Pipeline", "Qdrant", "SandboxServers", "Settings", "TestSupport",
                "Threading",
                "pattern-sync",
                logging,
            ]
        ),
        tests(
            "MirrorTests",
            [
                "CLibPQ", "Pipeline", "Postgres", "Qdrant", "SandboxServers", "Settings", "TestSupport", "Threading",
                "pattern-sync",
                arguments, crypto, logging,
            ]
        ),
    ]
)
