// Step 2's program: the store of step 1 behind HTTP. Nothing is kept when it ends.

import HTTP
import HTTPAPI
import Options
import Store

struct Settings {
  var listen = HostPort(host: "127.0.0.1", port: 8080)
}

let settings = FlagSet(
  "step-2-http-api", "A key-value store in memory, served over HTTP.", defaults: Settings(),
  [Flag("listen", \.listen, "`host:port` to serve; :port is every interface")]
).parseOrExit()

let store = KeyValueStore()
let time = SteadyTime()
let proposer = DirectProposer(store, time: time)

var router = Router()
router.addKeyRoutes(store, changedBy: proposer)
router.add("/health", .get, answer: HealthHandler(time: time).respond)

await Server.listening(on: settings.listen, as: "step-2-http-api", router).run()
