internal import Bytes
internal import Options

/// What is measured, against which servers, and for how long. The values here are the defaults.
struct Settings {
  var a = ServerURL(address: HostPort(host: "127.0.0.1", port: 8080))
  var b: ServerURL?
  var apiOfA = API.course
  var apiOfB = API.v2
  var processOfA: Int?
  var processOfB: Int?
  var startOfA: String?
  var startOfB: String?
  var loads: [Load] = [.get, .put]
  var connections = [64]
  var watchers = 1_000
  var writes = 5
  var rounds = 3
  var duration = Duration.seconds(2)
  var requests: Int?
  var keys = [10_000]
  var valueBytes = 100
  var readPercent = 90
  var quorum = false
  var children = 1_000
  var expiring = 50_000
  var timeToLive = 10
  var preload = true
  var deadline = Duration.seconds(10)
  var threads = 1
  var seed = 1
  var json = false
  var plot = false
  var picture = ""
  var report = ""

  /// More would not be a measurement but an attack.
  static let mostConnections = 20_000

  static let flags = FlagSet(
    "mini-etcd-bench",
    "Puts the same HTTP load on one server or, in turns, on two, and compares them.",
    defaults: Settings(), variablePrefix: "MINI_BENCH_",
    [
      Flag("a", \.a, "the server to measure, as `url` or host:port"),
      Flag("b", \.b, "the server to compare it with, as `url` or host:port"),
      Flag("a-api", \.apiOfA, "how a is spoken to: /put and /get, /v2/keys, or GET / alone"),
      Flag("b-api", \.apiOfB, "how b is spoken to"),
      Flag(
        "a-pid", \.processOfA, "`pid` of a, whose memory and processor time are then shown"),
      Flag("b-pid", \.processOfB, "`pid` of b"),
      Flag(
        "a-start", \.startOfA,
        """
        the shell `command` that starts a: exec goes before it, so that its process is the server.
        It is started first, measured when it answers, and stopped at the end; -a-pid is then known
        """),
      Flag("b-start", \.startOfB, "the shell `command` that starts b"),
      Flag(
        "load", \.loads,
        """
        the measurements, in order: get, put, mixed, list (a directory, by /v2/keys at both),
        watch (one write tells all watchers), expire (what a burst of expiring keys does to put),
        restart (from kill -9 until a key can be read; needs -a-start), memory (what a key, a
        connection and a watcher take; needs -a-pid or -a-start, and to be first)
        """),
      Flag("connections", \.connections, "`number,...` of connections, measured one after another"),
      Flag("watchers", \.watchers, in: 1...mostConnections, "connections that wait for a write"),
      Flag("writes", \.writes, in: 1...10_000, "how often the watchers are told in a round"),
      Flag("rounds", \.rounds, in: 1...1_000, "how often a and b take turns"),
      Flag(
        "duration", \.duration, in: .milliseconds(10)...(.seconds(3600)),
        "how long each takes in a round"),
      Flag("requests", \.requests, "`number` of requests that end a round before its duration"),
      Flag(
        "keys", \.keys,
        """
        `number,...` of keys that are read and written: everything is measured with the first
        number, then with the next, which must be larger
        """
      ),
      Flag("value-size", \.valueBytes, in: 0...10_000_000, "`bytes` of a value"),
      Flag("read-percent", \.readPercent, in: 0...100, "reads among 100 requests of mixed"),
      Flag("quorum", \.quorum, "ask for the latest value, where /v2/keys is read"),
      Flag("children", \.children, in: 1...1_000_000, "keys in the directory that is listed"),
      Flag("expiring", \.expiring, in: 1...10_000_000, "keys that expire in a burst"),
      Flag(
        "ttl", \.timeToLive, in: 2...3600,
        "`seconds` after which they expire: more than it takes to write them"),
      Flag("preload", \.preload, "write every key before the first round"),
      Flag(
        "deadline", \.deadline, in: .seconds(1)...(.seconds(600)),
        "how long an answer may take before it counts as missing"),
      Flag("threads", \.threads, in: 1...64, "threads that share the connections"),
      Flag("seed", \.seed, "of the random choice of keys"),
      Flag("json", \.json, "print JSON in place of the tables"),
      Flag("plot", \.plot, "print the rates as bars too, by connections and by keys"),
      Flag("picture", \.picture, "write those bars to a `file`, as a picture in SVG"),
      Flag("report", \.report, "write the tables to a `file`, in Markdown"),
    ])

  /// The settings of this run; ends the program if they contradict one another.
  static func fromCommandLine() -> Settings {
    let settings = flags.parseOrExit()
    if let contradiction = settings.contradiction { flags.refuse(contradiction) }
    return settings
  }

  /// An argument as a shell has to be given it.
  static func quoted(_ argument: String) -> String {
    let plain = argument.allSatisfy {
      $0.isLetter || $0.isNumber || "-_=:/.,%+@".contains($0)
    }
    return plain && !argument.isEmpty ? argument : "'\(argument.replacing("'", with: #"'\''"#))'"
  }

  /// A rule between flags that is broken.
  var contradiction: String? {
    if connections.isEmpty || keys.isEmpty || loads.isEmpty {
      return "-connections, -keys and -load need at least one item"
    }
    if !keys.allSatisfy((1...KeyTemplate.mostKeys).contains) {
      return "-keys must be from 1 to \(KeyTemplate.mostKeys)"
    }
    if !connections.allSatisfy((1...Self.mostConnections).contains) {
      return "-connections must be from 1 to \(Self.mostConnections)"
    }
    if requests.map({ $0 < 1 }) == true {
      return "-requests must be at least 1"
    }
    if zip(keys, keys.dropFirst()).contains(where: { $0 >= $1 }) {
      return "-keys must ascend: keys that are written stay"
    }
    if startOfA != nil && processOfA != nil || startOfB != nil && processOfB != nil {
      return "a server that is started by -a-start has no -a-pid yet, nor one by -b-start a -b-pid"
    }
    if b == nil, startOfB != nil {
      return "-b-start needs -b: where the server then listens"
    }
    if loads.contains(.memory), !targets.allSatisfy({ $0.process != nil || $0.server != nil }) {
      return "-load memory needs -a-pid or -a-start, and if there is a -b the same of that"
    }
    if loads.contains(.restart), !targets.allSatisfy({ $0.server != nil }) {
      return "-load restart needs -a-start, and -b-start if there is a -b"
    }
    let fixed = apiOfA == .fixed || b != nil && apiOfB == .fixed
    if fixed, loads != [.get] {
      return "the api fixed can only be measured with -load get"
    }
    return nil
  }

  /// Who is measured, in order. Each call makes new ones, which start their own servers.
  var targets: [Target] {
    let first = Target(
      name: "a", endpoint: a, api: apiOfA, process: processOfA,
      server: startOfA.map(StartedServer.init(command:)))
    guard let b else { return [first] }
    return [
      first,
      Target(
        name: "b", endpoint: b, api: apiOfB, process: processOfB,
        server: startOfB.map(StartedServer.init(command:))),
    ]
  }
}

/// What a round consists of.
enum Load: String, CaseIterable, FlagValue {
  case get, put, mixed, list, watch, expire, restart, memory
}
