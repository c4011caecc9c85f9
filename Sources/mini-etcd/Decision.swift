import Options
import Platform
import Replication
import Store
import Watch

/// What an operator decides about a data directory, by a command and not by a flag, so that it
/// cannot stay behind in a start script: `mini-etcd force-new-cluster DIR`, `mini-etcd
/// override-violation DIR`.
enum Decision: String {
  case forceNewCluster = "force-new-cluster"
  case overrideViolation = "override-violation"

  private var use: String {
    switch self {
    case .forceNewCluster: "make a member's data a cluster of its own"
    case .overrideViolation: "let a node start again that saw a promise of Raft broken"
    }
  }

  /// Does it if the program's first argument says so, and ends the program; otherwise does nothing.
  static func carryOutIfAsked(_ registry: CommandRegistry) {
    let arguments = CommandLine.arguments.dropFirst()
    guard let decision = arguments.first.flatMap(Decision.init) else { return }
    guard arguments.count == 2, let directory = arguments.last, !directory.hasPrefix("-") else {
      LogStream.standardError.write("usage: mini-etcd \(decision.rawValue) DIR   \(decision.use)")
      exit(2)
    }
    do {
      let done =
        switch decision {
        case .forceNewCluster: try newCluster(in: directory, registry)
        case .overrideViolation: try OperatorDecision.overrideViolation(in: directory)
        }
      StandardOutput.print(done)
      exit(0)
    } catch {
      LogStream.standardError.write("mini-etcd: \(error)")
      exit(1)
    }
  }

  private static func newCluster(
    in directory: String, _ registry: CommandRegistry
  ) throws -> String {
    let store = KeyValueStore()
    return try OperatorDecision.newCluster(
      in: directory, registry: registry, applyingTo: store,
      sections: [WatchHub(observing: store)])
  }
}
