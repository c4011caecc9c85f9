// Step 4's program: step 3's, and a hub that tells watchers what happens.

import Bytes
import HTTP
import HTTPAPI
import Loop
import Options
import Store
import WAL
import Watch

struct Settings {
  var listen = HostPort(host: "127.0.0.1", port: 8080)
  var dataDirectory = "./wal-data"
}

StandardStreams.prepare()
// `wal verify DIR` and `wal dump DIR` look at a log instead of serving it.
Inspection.runIfAsked()

let flags = FlagSet(
  "step-4-watch", "A durable key-value store whose keys can be watched.", defaults: Settings(),
  [
    Flag("listen", \.listen, "`host:port` to serve; :port is every interface"),
    Flag("data-dir", \.dataDirectory, "the `directory` of the log"),
  ])
let settings = flags.parseOrExit()

let store = KeyValueStore()
let time = SteadyTime()
// It observes before the log is replayed, so that its history reaches back behind the start.
let hub = WatchHub(observing: store)
do {
  // Before the directory is touched: a server whose port is taken leaves nothing behind.
  let port = try BoundPort(settings.listen)
  let proposer = try JournalingProposer.open(
    settings.dataDirectory, store: store, registry: CommandRegistry([Put.self, Delete.self]),
    time: time, sections: [hub], log: logLine)

  var router = Router()
  router.addKeyRoutes(store, changedBy: proposer)
  router.add("/health", .get, answer: HealthHandler(time: time).respond)
  router.add("/watch", .get, answer: WatchHandler(hub).respond)
  try await Server.listening(on: settings.listen, port, as: flags.program, router).run()
} catch {
  flags.fail("\(error)")
}
