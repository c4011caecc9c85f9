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
      Flag("a-pid", \.processOfA, "`pid` of a, whose memory is then shown"),
      Flag("b-pid", \.processOfB, "`pid` of b"),
      Flag(
        "load", \.loads,
        """
        the measurements, in order: get, put, mixed, list (a directory, by /v2/keys at both),
        watch (one write tells all watchers), memory (what a key, a connection and a watcher
        take; needs -a-pid)
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
        "keys", \.keys, "`number,...` of keys that are read and written, measured one after another"
      ),
      Flag("value-size", \.valueBytes, in: 0...10_000_000, "`bytes` of a value"),
      Flag("read-percent", \.readPercent, in: 0...100, "reads among 100 requests of mixed"),
      Flag("quorum", \.quorum, "ask for the latest value, where /v2/keys is read"),
      Flag("children", \.children, in: 1...1_000_000, "keys in the directory that is listed"),
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
    if loads.contains(.memory), processOfA == nil || b != nil && processOfB == nil {
      return "-load memory needs the process ids: -a-pid, and -b-pid if there is a -b"
    }
    let fixed = apiOfA == .fixed || b != nil && apiOfB == .fixed
    if fixed, loads != [.get] {
      return "the api fixed can only be measured with -load get"
    }
    return nil
  }

  /// Who is measured, in order.
  var targets: [Target] {
    let first = Target(name: "a", endpoint: a, api: apiOfA, process: processOfA)
    guard let b else { return [first] }
    return [first, Target(name: "b", endpoint: b, api: apiOfB, process: processOfB)]
  }
}

/// What a round consists of.
enum Load: String, CaseIterable, FlagValue {
  case get, put, mixed, list, watch, memory
}

/// One of the servers compared.
struct Target: Sendable {
  /// `a` or `b`.
  let name: String
  let endpoint: ServerURL
  let api: API
  /// For ``ProcessMemory``.
  let process: Int?
}

/// Where a server listens; may be written as a URL.
struct ServerURL: FlagValue, Equatable {
  var address: HostPort

  init(address: HostPort) { self.address = address }

  init(flagText text: String) throws(InvalidText) {
    address = try HostPort(flagText: text)
    if address.host.isEmpty { throw InvalidText("must have a host, as in http://127.0.0.1:8080") }
  }
  var flagText: String { "http://\(address)" }
  static var flagPlaceholder: String { "url" }
}
