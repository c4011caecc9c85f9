// Mini-etcd: every step, wired together. A node of a cluster, or on its own.

import Bytes
import Cluster
import EtcdV2
import HTTP
import HTTPAPI
import Loop
import Options
import Pages
import Replication
import Store
import Timeout
import Token
import WAL
import Watch

StandardStreams.prepare()
// Until it serves there is nothing to end in good order.
StopSignal.endAtOnce()

let registry = CommandRegistry([Put.self, Delete.self, Expire.self] + EtcdCommands.all)

// `wal verify DIR` and `wal dump DIR` look at a log instead of serving it; `wal salvage DIR FILE`
// makes a backup of what is left of one.
Salvaging.runIfAsked(registry)
Inspection.runIfAsked(receivesSnapshots: true, furtherUsage: Salvaging.usage)

// `snapshot status FILE` and `snapshot restore FILE -data-dir D` are about a backup.
Snapshot.runIfAsked()

// `force-new-cluster DIR` is the way back when most members are lost; `override-violation DIR` has
// a node start again that saw a promise of Raft broken.
Decision.carryOutIfAsked(registry)

let flags = Settings.flags
let settings = flags.parseOrExit()
LogStream.standardError.show(from: settings.logLevel)
let store = KeyValueStore()
let time = SteadyTime(log: logLine)
let clock = LoopClock()
let hub = WatchHub(observing: store)
do {
  let token = try settings.token
  let origins = try settings.allowedOrigins
  var nodeSettings = try settings.node(token)
  nodeSettings.log = logLine
  nodeSettings.sections = [hub]
  // Before the directory is touched: a server whose port is taken leaves nothing behind.
  let port = try BoundPort(settings.listen)
  if nodeSettings.addresses[settings.id] == nil {
    nodeSettings.addresses[settings.id] = [settings.ownAddress(on: port.port)]
  }
  let loops = try EventLoop.startOnePerCore()
  let node = try await ClusterNode.open(
    nodeSettings, in: settings.dataDirectory, applyingTo: store,
    registry: registry, time: time, loops: loops)
  let expirer = Expirer(store, node, time: node.time, clock: clock, isInCharge: node.isLeading)
  node.start()
  // Time passes for it from here on: without that, no wait for it would end.
  let running = Task { await node.run() }
  if settings.peers.isEmpty {
    // What ran out while no server ran is gone before the first request is answered; on a full disk
    // as soon as there is space.
    try? await node.started()
    try? await expirer.expireDue()
  }

  var router = Router()
  router.addKeyRoutes(store, changedBy: node)
  node.addPeerRoutes(to: &router)
  router.add(
    "/health", .get,
    answer: HealthHandler(time: time, unavailableReason: node.unavailableReason).respond)
  let watch = DeadlineHandler(
    WatchHandler(hub), within: settings.watchTimeout, by: clock, text: "Watch timeout")
  router.add("/watch", .get, answer: watch.respond)
  let meter = RequestMeter()
  router.addStatusRoutes(of: node, over: store, watchedBy: hub, measuredBy: meter)
  let live = LiveFeed(
    LiveNode(
      node, over: store, watchedBy: hub,
      mayWrite: settings.uiWrites || settings.listen.isLoopback))
  router.mount("/ui", LivePage(PageFile.cluster, fedBy: live, origins: node.memberURLs))
  router.addEtcdRoutes(
    EtcdServices(store: store, proposer: node, hub: hub, cluster: node, time: node.time))
  // From here on a signal is a request.
  StopSignal.take()
  let server = try Server.listening(
    on: settings.listen, port, as: flags.program, loops: loops,
    priority: ClusterNode.isPeerRequest, names: settings.names(of: nodeSettings),
    allowing: origins, otherProtocol: VersionThreeRefusal(log: logLine).begin,
    MeteredHandler(
      EntryHandler(StartingHandler(router, of: node), readableBy: origins), meter))
  meter.measure(server)
  if settings.misleadsClients(nodeSettings) {
    logLine(
      .warn(
        "unreachable_url",
        [
          "reason": "clients are told an address that only this machine reaches",
          "hint": "-advertise-client-urls",
        ]))
  }
  if token == nil && !settings.peers.isEmpty && !settings.listen.isLoopback {
    logLine(
      .warn(
        "no_token",
        [
          "reason": "whatever reaches this port can speak for a member",
          "hint": "-cluster-token-file",
        ]))
  }

  await withTaskGroup { group in
    group.addTask { await expirer.run() }
    await server.run(
      until: {
        await stopRequest(of: node)
        // While the others still reach this node: they have to take over what it did for them.
        await node.drain()
      },
      beginStop: {
        live.close()
        hub.close()
      })
    group.cancelAll()
  }
  running.cancel()
  await running.value
  await node.close()
} catch {
  flags.fail("\(error)")
}

/// Returns when the process is to stop, because it was told so or because the cluster goes on
/// without this node.
func stopRequest(of node: ClusterNode) async {
  let stop = Signal()
  // Nothing can take a signal's thread back from its wait, so these tasks are left to the process's
  // end.
  Task {
    await StopSignal.first()
    stop.raise()
  }
  Task {
    await node.removed()
    stop.raise()
  }
  await stop.wait()
}
