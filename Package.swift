// swift-tools-version: 6.2
// One block a step, in order; `steps/tag` cuts this file after a block to make that step's tag.
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
  name: "mini-etcd",
  platforms: [.macOS(.v26)],
  swiftLanguageModes: [.v6]
)

/// The program of a step: the main.swift beside the step's chapter.
func program(
  _ step: String, _ dependencies: [Target.Dependency], beside others: [String] = []
) -> Target {
  .executableTarget(
    name: step, dependencies: dependencies, path: "steps/\(step)",
    exclude: ["README.md", "README.zh.md", "build", "check", "exercises"] + others,
    swiftSettings: settings)
}

// Step 1: what a key is, what may be asked of it, and what then happened.
package.targets += [
  .target(name: "Store", swiftSettings: settings),
  .target(name: "CostSupport", path: "Tests/CostSupport", swiftSettings: settings),
  .target(name: "RandomSupport", path: "Tests/RandomSupport", swiftSettings: settings),
  .target(name: "RunSupport", path: "Tests/RunSupport", swiftSettings: settings),
  .testTarget(
    name: "StoreTests", dependencies: ["CostSupport", "RandomSupport", "RunSupport", "Store"],
    swiftSettings: settings),
  program("step-1-basic-store", ["Store"]),
]

// Step 2: bytes as text, JSON, the system's calls, and the flags of a program.
package.targets += [
  .target(name: "Bytes", swiftSettings: settings),
  .testTarget(
    name: "BytesTests", dependencies: ["Bytes", "RandomSupport", "RunSupport"],
    swiftSettings: settings),
  .target(name: "JSON", dependencies: ["Bytes"], swiftSettings: settings),
  .testTarget(
    name: "JSONTests", dependencies: ["Bytes", "JSON", "RandomSupport", "RunSupport"],
    swiftSettings: settings),
  .systemLibrary(name: "CSystem"),
  .target(name: "Platform", dependencies: ["CSystem"], swiftSettings: settings),
  .testTarget(
    name: "PlatformTests", dependencies: ["Platform", "RunSupport"], swiftSettings: settings),
  .target(name: "Options", dependencies: ["Bytes", "Platform"], swiftSettings: settings),
  .testTarget(
    name: "OptionsTests", dependencies: ["Bytes", "Options", "Platform", "RunSupport"],
    swiftSettings: settings),
]

// Step 2: an HTTP server on an event loop.
package.targets += [
  .target(name: "Loop", dependencies: ["Platform"], swiftSettings: settings),
  .target(
    name: "LoopSupport", dependencies: ["Loop", "Platform"], path: "Tests/LoopSupport",
    swiftSettings: settings),
  .testTarget(
    name: "LoopTests",
    dependencies: ["Loop", "LoopSupport", "Platform", "RandomSupport", "RunSupport"],
    swiftSettings: settings),
  .target(name: "HTTP", dependencies: ["Bytes", "Loop", "Platform"], swiftSettings: settings),
  .testTarget(
    name: "HTTPTests",
    dependencies: [
      "Bytes", "CostSupport", "HTTP", "JSON", "Loop", "LoopSupport", "Platform", "RandomSupport",
      "RunSupport",
    ],
    swiftSettings: settings),
]

// Step 2: the store behind it.
package.targets += [
  .target(name: "Time", swiftSettings: settings),
  .target(
    name: "HTTPAPI",
    dependencies: ["Bytes", "HTTP", "JSON", "Loop", "Options", "Platform", "Store", "Time"],
    swiftSettings: settings),
  .target(
    name: "ServingSupport", dependencies: ["HTTP", "Loop"], path: "Tests/ServingSupport",
    swiftSettings: settings),
  .testTarget(
    name: "HTTPAPITests",
    dependencies: [
      "CostSupport", "HTTP", "HTTPAPI", "RandomSupport", "RunSupport", "ServingSupport", "Store",
    ],
    swiftSettings: settings),
  program(
    "step-2-http-api", ["Bytes", "HTTP", "HTTPAPI", "Options", "Store"],
    beside: ["HTTP.md", "HTTP.zh.md", "lines.sh", "serving.sh"]),
]

// Step 3: what was acknowledged outlives the process.
package.targets += [
  .target(
    name: "WAL", dependencies: ["Bytes", "JSON", "Loop", "Options", "Platform", "Store"],
    swiftSettings: settings),
  .target(name: "DiskSimulation", dependencies: ["WAL"], swiftSettings: settings),
  .testTarget(
    name: "WALTests",
    dependencies: [
      "CostSupport", "DiskSimulation", "Loop", "Platform", "RandomSupport", "RunSupport", "Store",
      "WAL",
    ],
    swiftSettings: settings),
  program(
    "step-3-wal-persistence", ["Bytes", "HTTP", "HTTPAPI", "Loop", "Options", "Store", "WAL"],
    beside: ["DISK.md", "DISK.zh.md", "full-disk", "lines.sh"]),
  .testTarget(
    name: "SurvivalTests",
    dependencies: ["HTTP", "JSON", "Loop", "RunSupport", "step-3-wal-persistence"],
    swiftSettings: settings),
]

// Step 4: telling those who wait.
package.targets += [
  .target(
    name: "Watch", dependencies: ["Bytes", "HTTP", "HTTPAPI", "JSON", "Store", "WAL"],
    swiftSettings: settings),
  .testTarget(
    name: "WatchTests",
    dependencies: [
      "CostSupport", "HTTP", "JSON", "Loop", "RandomSupport", "RunSupport", "ServingSupport",
      "Store", "WAL", "Watch",
    ],
    swiftSettings: settings),
  program(
    "step-4-watch", ["Bytes", "HTTP", "HTTPAPI", "Loop", "Options", "Store", "WAL", "Watch"],
    beside: ["lines.sh"]),
]

// Step 5: deadlines, keys that expire, and an end in good order.
package.targets += [
  .target(
    name: "Timeout", dependencies: ["Bytes", "HTTP", "HTTPAPI", "Platform", "Store"],
    swiftSettings: settings),
  .testTarget(
    name: "TimeoutTests",
    dependencies: [
      "HTTP", "HTTPAPI", "Loop", "RunSupport", "ServingSupport", "Store", "Timeout", "WAL", "Watch",
    ],
    swiftSettings: settings),
  program(
    "step-5-timeout-control",
    ["Bytes", "HTTP", "HTTPAPI", "Loop", "Options", "Store", "Timeout", "WAL", "Watch"],
    beside: ["lines.sh"]),
]

// Step 6: one store on several machines.
package.targets += [
  .target(name: "Raft", dependencies: ["Store"], swiftSettings: settings),
  .testTarget(
    name: "RaftTests", dependencies: ["Raft", "RunSupport", "Store"], exclude: ["Scenarios"],
    swiftSettings: settings),
  .target(
    name: "RaftSimulation",
    dependencies: ["Bytes", "DiskSimulation", "JSON", "Raft", "Store", "WAL"],
    swiftSettings: settings),
  .testTarget(
    name: "RaftSimulationTests", dependencies: ["Raft", "RaftSimulation", "RunSupport", "Store"],
    exclude: ["PlantedBugs.txt"], swiftSettings: settings),
]

// Step 6: etcd's own API over the same store.
package.targets += [
  .target(
    name: "EtcdV2", dependencies: ["Bytes", "HTTP", "JSON", "Store", "Watch"],
    swiftSettings: settings),
  .target(
    name: "EtcdSupport", dependencies: ["EtcdV2", "Store"], path: "Tests/EtcdSupport",
    swiftSettings: settings),
  .testTarget(
    name: "EtcdV2Tests",
    dependencies: [
      "CostSupport", "EtcdSupport", "EtcdV2", "HTTP", "HTTPAPI", "JSON", "Loop", "RandomSupport",
      "RunSupport", "ServingSupport", "Store", "Timeout", "WAL", "Watch",
    ],
    exclude: ["Facts"],
    swiftSettings: settings),
]

// Step 6: what people look at.
package.targets += [
  .target(
    name: "Pages", dependencies: ["Bytes", "HTTP", "Loop"],
    resources: [
      .embedInCode("Cluster/cluster.html"), .embedInCode("Cluster/cluster.css"),
      .embedInCode("Cluster/cluster.js"), .embedInCode("Cluster/nodes.js"),
      .embedInCode("Cluster/words.js"), .embedInCode("Cluster/icon.svg"),
      .embedInCode("Simulator/simulator.html"), .embedInCode("Simulator/simulator.css"),
      .embedInCode("Simulator/simulator.js"),
    ],
    swiftSettings: settings),
  .testTarget(
    name: "PagesTests",
    dependencies: ["Bytes", "HTTP", "Loop", "Pages", "RunSupport", "ServingSupport"],
    swiftSettings: settings),
]

// Step 6: a member of a cluster, without a thread and without sockets, and clusters of them.
package.targets += [
  .target(name: "Token", dependencies: ["Platform"], swiftSettings: settings),
  .target(
    name: "Replication",
    dependencies: ["Bytes", "JSON", "Raft", "Store", "Time", "Token", "WAL"],
    swiftSettings: settings),
  .target(
    name: "ReplicaSimulation",
    dependencies: [
      "Bytes", "DiskSimulation", "HTTPAPI", "JSON", "Raft", "RaftSimulation", "Replication",
      "Store", "Timeout", "WAL",
    ],
    swiftSettings: settings),
  .testTarget(
    name: "ReplicationTests",
    dependencies: [
      "Bytes", "CostSupport", "DiskSimulation", "EtcdV2", "HTTPAPI", "JSON", "Raft",
      "RaftSimulation", "RandomSupport", "ReplicaSimulation", "Replication", "RunSupport", "Store",
      "Timeout", "WAL",
    ],
    swiftSettings: settings),
  .executableTarget(
    name: "raft-sim",
    dependencies: [
      "Bytes", "HTTP", "Loop", "Options", "Pages", "Platform", "RaftSimulation",
      "ReplicaSimulation",
    ],
    swiftSettings: settings),
]

// Step 6: the node around it, with threads, disk and sockets.
package.targets += [
  .target(
    name: "Cluster",
    dependencies: [
      "Bytes", "EtcdV2", "HTTP", "HTTPAPI", "JSON", "Loop", "Options", "Pages", "Platform", "Raft",
      "Replication", "Store", "Token", "WAL", "Watch",
    ],
    swiftSettings: settings),
  .testTarget(
    name: "ClusterTests",
    dependencies: [
      "Bytes", "Cluster", "CostSupport", "EtcdV2", "HTTP", "HTTPAPI", "JSON", "Loop", "Options",
      "Platform", "Raft", "RaftSimulation", "RandomSupport", "Replication", "RunSupport", "Store",
      "Token", "WAL", "Watch",
    ],
    swiftSettings: settings),
  .executableTarget(
    name: "cluster-clients",
    dependencies: ["Bytes", "HTTP", "JSON", "Loop", "Options", "RaftSimulation"],
    path: "Tests/ClusterClients", swiftSettings: settings),
  .executableTarget(
    name: "cluster-network", dependencies: ["Bytes", "HTTP", "Options", "Platform"],
    path: "Tests/ClusterNetwork",
    swiftSettings: settings),
]

// Step 6: the program that wires all of it, and the tools.
package.targets += [
  .executableTarget(
    name: "mini-etcd",
    dependencies: [
      "Bytes", "Cluster", "EtcdV2", "HTTP", "HTTPAPI", "Loop", "Options", "Pages", "Platform",
      "Replication", "Store", "Timeout", "Token", "WAL", "Watch",
    ],
    swiftSettings: settings),
  .executableTarget(
    name: "mini-etcdctl",
    dependencies: ["Bytes", "HTTP", "JSON", "Loop", "Options", "Platform", "Token", "WAL"],
    swiftSettings: settings),
  .testTarget(
    name: "ControlTests",
    dependencies: [
      "mini-etcdctl", "Bytes", "CostSupport", "EtcdSupport", "EtcdV2", "HTTP", "HTTPAPI", "JSON",
      "Loop", "Options", "RunSupport", "ServingSupport", "Store", "Token", "WAL", "Watch",
    ],
    swiftSettings: settings),
  .executableTarget(
    name: "mini-etcd-bench",
    dependencies: ["Bytes", "HTTP", "JSON", "Loop", "Options", "Platform", "Timeout"],
    swiftSettings: settings),
  .testTarget(
    name: "BenchTests",
    dependencies: [
      "mini-etcd-bench", "Bytes", "HTTP", "Loop", "Options", "Platform", "RunSupport",
      "ServingSupport",
    ],
    swiftSettings: settings),
  .testTarget(
    name: "ProgramTests", dependencies: ["HTTP", "JSON", "Loop", "Platform", "RunSupport"],
    swiftSettings: settings),
]

// Step 6: the course, whose every command, path and name is tried.
package.targets += [
  .testTarget(
    name: "CourseTests", dependencies: ["Platform", "RunSupport"],
    exclude: ["KnownNames.txt", "Shell"],
    swiftSettings: settings)
]
