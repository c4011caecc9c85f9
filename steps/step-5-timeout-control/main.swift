// Step 5's program: step 4's in time. Watches have a deadline, keys expire, and a stop is graceful.

import Bytes
import HTTP
import HTTPAPI
import Loop
import Options
import Store
import Timeout
import WAL
import Watch

struct Settings {
  var listen = HostPort(host: "127.0.0.1", port: 8080)
  var dataDirectory = "./wal-data"
  var watchTimeout = Duration.seconds(30)
}

StandardStreams.prepare()
// Until it serves there is nothing to end in good order.
StopSignal.endAtOnce()

// `wal verify DIR` and `wal dump DIR` look at a log instead of serving it.
Inspection.runIfAsked()

let flags = FlagSet(
  "step-5-timeout-control", "A durable key-value store in which nothing waits for ever.",
  defaults: Settings(),
  [
    Flag("listen", \.listen, "`host:port` to serve; :port is every interface"),
    Flag("data-dir", \.dataDirectory, "the `directory` of the log"),
    Flag(
      "watch-timeout", \.watchTimeout, in: .milliseconds(1)...(.seconds(86_400)),
      "how long /watch waits before it answers 408"),
  ])
let settings = flags.parseOrExit()

let store = KeyValueStore()
let time = SteadyTime(log: logLine)
let clock = LoopClock()
let hub = WatchHub(observing: store)
do {
  // Before the directory is touched: a server whose port is taken leaves nothing behind.
  let port = try BoundPort(settings.listen)
  let proposer = try JournalingProposer.open(
    settings.dataDirectory, store: store,
    registry: CommandRegistry([Put.self, Delete.self, Expire.self]), time: time, sections: [hub],
    log: logLine)
  let expirer = Expirer(store, proposer, time: time, clock: clock)
  // What ran out while no server ran is gone before the first request is answered; on a full disk
  // as soon as there is space.
  try? await expirer.expireDue()

  var router = Router()
  router.addKeyRoutes(store, changedBy: proposer)
  router.add("/health", .get, answer: HealthHandler(time: time).respond)
  let watch = DeadlineHandler(
    WatchHandler(hub), within: settings.watchTimeout, by: clock, text: "Watch timeout")
  router.add("/watch", .get, answer: watch.respond)
  // From here on a signal is a request.
  StopSignal.take()
  let server = try Server.listening(on: settings.listen, port, as: flags.program, router)

  await withTaskGroup { group in
    group.addTask { await expirer.run() }
    await server.run(until: StopSignal.first, beginStop: hub.close)
    group.cancelAll()
  }
  await proposer.close()
} catch {
  flags.fail("\(error)")
}
