// Clients of a cluster in trouble, and their judge: they read and write a few keys at nodes of
// which some may be down, and then it is checked whether what they were told could have happened
// one operation at a time (linearizability).
//
//   cluster-clients -nodes 127.0.0.1:8081,127.0.0.1:8082,127.0.0.1:8083 -duration 20s

import Bytes
import HTTP
import Loop
import Options
import RaftSimulation

struct Settings {
  var nodes: [HostPort] = []
  var clients = 8
  var duration = Duration.seconds(20)
  var longestGap = Duration.seconds(10)
}

let flags = FlagSet(
  "cluster-clients", "Writes and reads at a cluster, and judges the answers.", defaults: Settings(),
  variablePrefix: nil,
  [
    Flag("nodes", \.nodes, "where the nodes are"),
    Flag("clients", \.clients, in: 1...100, "how many ask at once"),
    Flag("duration", \.duration, "for how long"),
    Flag("longest-gap", \.longestGap, "how long no write may succeed"),
  ])
let settings = flags.parseOrExit()
if settings.nodes.isEmpty { flags.fail("-nodes is missing") }

let loop = try EventLoop.start()
let history = await gather(settings, on: loop)
if let line = history.complaint(settings) { flags.fail(line) }
print(history.summary)

/// Runs the clients for the time asked for, and returns what they saw.
@Sendable func gather(_ settings: Settings, on loop: EventLoop) async -> History {
  await withTaskGroup(of: [ClientOperation].self) { group in
    let start = ContinuousClock.now
    for number in 0..<settings.clients {
      group.addTask(executorPreference: loop) {
        var client = Client(number, settings, since: start)
        return await client.run()
      }
    }
    var history = History()
    for await operations in group { history.operations += operations }
    let keys = (history.operations.map(\.key).max() ?? -1) + 1
    group.addTask(executorPreference: loop) {
      var last = Client(settings.clients, settings, since: start)
      return await last.readAll(keys, until: .now + .seconds(60))
    }
    for await operations in group { history.operations += operations }
    return history
  }
}
