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
  platforms: [.macOS(.v15)],
  swiftLanguageModes: [.v6]
)

// Step 1: what a key is, what may be asked of it, and what then happened.
package.targets += [
  .target(name: "Store", swiftSettings: settings),
  .testTarget(name: "StoreTests", dependencies: ["Store"], swiftSettings: settings),
]
