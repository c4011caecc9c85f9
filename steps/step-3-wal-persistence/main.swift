// Step 3's program: step 2's with a log. What was answered OK survives kill -9 and a power cut.

import Bytes
import HTTP
import HTTPAPI
import Loop
import Options
import Store
import WAL

struct Settings {
  var listen = HostPort(host: "127.0.0.1", port: 8080)
  var dataDirectory = "./wal-data"
}

StandardStreams.prepare()
// `wal verify DIR` and `wal dump DIR` look at a log instead of serving it.
Inspection.runIfAsked()

let flags = FlagSet(
  "step-3-wal-persistence",
  "A durable key-value store: a write is on the disk before it is answered.",
  defaults: Settings(),
  [
    Flag("listen", \.listen, "`host:port` to serve; :port is every interface"),
    Flag("data-dir", \.dataDirectory, "the `directory` of the log"),
  ])
let settings = flags.parseOrExit()

let store = KeyValueStore()
let time = SteadyTime()
do {
  // Before the directory is touched: a server whose port is taken leaves nothing behind.
  let port = try BoundPort(settings.listen)
  let proposer = try JournalingProposer.open(
    settings.dataDirectory, store: store, registry: CommandRegistry([Put.self, Delete.self]),
    time: time, log: logLine)

  var router = Router()
  router.addKeyRoutes(store, changedBy: proposer)
  router.add("/health", .get, answer: HealthHandler(time: time).respond)
  try await Server.listening(on: settings.listen, port, as: flags.program, router).run()
} catch {
  flags.fail("\(error)")
}
