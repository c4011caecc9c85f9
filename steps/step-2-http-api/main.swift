// Step 2's program: the store of step 1 behind HTTP. Nothing is kept when it ends.

import Bytes
import HTTP
import HTTPAPI
import Options
import Store

struct Settings {
  var listen = HostPort(host: "127.0.0.1", port: 8080)
}

StandardStreams.prepare()
let flags = FlagSet(
  "step-2-http-api", "A key-value store in memory, served over HTTP.", defaults: Settings(),
  [Flag("listen", \.listen, "`host:port` to serve; :port is every interface")]
)
let settings = flags.parseOrExit()

let store = KeyValueStore()
let time = SteadyTime()
let proposer = DirectProposer(store, time: time)

var router = Router()
router.addKeyRoutes(store, changedBy: proposer)
router.add("/health", .get, answer: HealthHandler(time: time).respond)

do {
  try await Server.listening(on: settings.listen, as: flags.program, router).run()
} catch {
  flags.fail("\(error)")
}
