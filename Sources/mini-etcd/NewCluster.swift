import Cluster
import HTTPAPI
import Options
import Store
import Watch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `mini-etcd force-new-cluster DIR`.
enum NewCluster {
  /// Does it if the program's first argument says so, and ends the program; otherwise does nothing.
  static func beginIfAsked(_ registry: CommandRegistry) {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.first == "force-new-cluster" else { return }
    guard arguments.count == 2, let directory = arguments.last, !directory.hasPrefix("-") else {
      logLine("usage: mini-etcd force-new-cluster DIR   make a member's data a cluster of its own")
      exit(2)
    }
    do {
      let store = KeyValueStore()
      let line = try ClusterNode.forceNewCluster(
        in: directory, registry: registry, applyingTo: store,
        sections: [WatchHub(observing: store)])
      StandardOutput.print(line)
      exit(0)
    } catch {
      logLine("mini-etcd: \(error)")
      exit(1)
    }
  }
}
