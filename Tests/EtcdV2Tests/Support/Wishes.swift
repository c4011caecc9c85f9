import Foundation
import RandomSupport

// What whoever runs the tests may ask for, by variables of the environment.

/// How many operations are compared: `few` by default, or as many as MINI_ETCD_DIFFER_OPERATIONS
/// says.
func operations(_ few: Int) -> Int { wish("OPERATIONS").flatMap { Int($0) } ?? few }

/// The seed to begin with: a new one every time, or the one in MINI_ETCD_DIFFER_SEED.
func firstSeed() -> UInt64 {
  wish("SEED").flatMap { UInt64($0) } ?? UInt64.random(in: 1...UInt64(UInt32.max))
}

/// The ports of MINI_ETCD_DIFFER_PORTS, on which the nodes of a cluster serve that is compared with
/// etcd in place of a server made for the test: `steps/step-6-raft/clients` starts them.
let runningNodes = (wish("PORTS") ?? "").split(separator: ",").compactMap { UInt16($0) }

private func wish(_ name: String) -> String? {
  ProcessInfo.processInfo.environment["MINI_ETCD_DIFFER_\(name)"]
}

extension SeededRandom {
  mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int.random(in: choices.indices, using: &self)]
  }
}
