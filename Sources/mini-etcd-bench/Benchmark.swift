internal import HTTP
internal import Loop
internal import Options
internal import Platform

/// The measurements asked for, one after another, the servers taking turns.
struct Benchmark {
  let settings: Settings
  let targets: [Target]
  let loops: [EventLoop]
  /// For what must not wait behind the load.
  let quietLoop: EventLoop

  var load = LoadReport()
  var watch = WatchReport()
  var expiry = ExpiryReport()
  var restart = RestartReport()
  var memory = MemoryReport()
  /// Everything that went wrong, and with which server.
  private(set) var failures = Failures()
  /// So many keys are there and can be read.
  var keysLoaded: Int
  private var directoryIsListable = false
  /// What was written last before a restart has a number from here down, a new one each time.
  var lastKey = KeyTemplate.mostKeys

  init(_ settings: Settings) throws(SystemError) {
    self.settings = settings
    targets = settings.targets
    keysLoaded = settings.preload ? 0 : .max
    var loops: [EventLoop] = []
    for _ in 0..<settings.threads { loops.append(try EventLoop.start()) }
    self.loops = loops
    quietLoop = try EventLoop.start()
    directoryIsListable = !settings.preload
  }

  /// The servers that must be started before ``run()``, and stopped after it.
  var servers: StartedServers { StartedServers(targets, on: quietLoop) }

  /// The reports that have rows.
  private var reports: [ResultTable] {
    [load.report, watch.report, expiry.report, restart.report, memory.report]
      .filter { !$0.rows.isEmpty }
  }

  /// All reports for people.
  var table: String {
    reports.map(\.table).joined(separator: "\n")
  }

  /// All reports as a page in Markdown, with the command that made them.
  func markdown(command: String) -> String {
    "```bash\n\(command)\n```\n\n" + reports.map(\.markdown).joined(separator: "\n")
  }

  /// What was measured with more than one number of connections or keys; if nothing was, all by
  /// connections.
  var plots: [Plot] {
    let many = load.plots.filter { $0.groups.count > 1 }
    return many.isEmpty ? load.plots.filter { $0.title.hasSuffix("connections") } : many
  }

  /// All reports as one JSON object.
  var json: String {
    var output: [UInt8] = []
    for (index, report) in reports.enumerated() {
      output.append(contentsOf: (index == 0 ? "{" : ",\n").utf8)
      report.appendJSON(to: &output)
    }
    output.append(contentsOf: ",\n\"wrong\":\(failures.count)}".utf8)
    return String(decoding: output, as: UTF8.self)
  }

  /// Everything with few keys, then with more: the keys stay. Ends early when not even the keys can
  /// be written.
  mutating func run() async {
    for keys in settings.keys {
      for kind in settings.loads {
        // What a key takes is seen while the keys are written.
        if kind != .memory, await !preload(keys) { return }
        switch kind {
        case .get, .put, .mixed: await measure(kind, keys: keys)
        case .list:
          await preloadListing()
          await measure(kind, keys: keys)
        case .watch: await measureWatching(keys: keys)
        case .expire: await measureExpiry(keys: keys)
        case .restart: await measureRestarts(keys: keys)
        case .memory: await measureMemory(keys: keys)
        }
      }
    }
    failures.merge(servers.failures)
  }

  /// Writes all keys, unless so many have been written.
  /// - Returns: whether they are there.
  private mutating func preload(_ keys: Int) async -> Bool {
    if keysLoaded >= keys { return true }
    let failuresBefore = failures.count
    for target in targets where target.api != .fixed {
      await preload(loadRound(target, of: .put, keys: keys), from: keysLoaded)
    }
    keysLoaded = keys
    return failures.count == failuresBefore
  }

  /// Writes the directory that is listed, unless that has been done.
  private mutating func preloadListing() async {
    guard !directoryIsListable else { return }
    directoryIsListable = true
    for target in targets {
      await preload(loadRound(target, of: .list, keys: settings.children), from: 0)
    }
  }

  private mutating func preload(_ round: LoadRound, from first: Int) async {
    let tally = await round.preload(from: first, on: loops)
    note(tally.failures, round.target)
    let (written, asked) = (tally.times.count, round.keys - first)
    say("preload: \(written) of \(asked) keys written to \(round.target.name)")
  }

  /// Who comes first changes from round to round: a drift of the machine then favours neither.
  func turns(in round: Int) -> [Int] {
    round.isMultiple(of: 2) ? Array(targets.indices) : targets.indices.reversed()
  }

  func loadRound(
    _ target: Target, of kind: Load, keys: Int, connections: Int = 64, round: Int = 0
  ) -> LoadRound {
    let listing = ListingLoad(children: settings.children, valueBytes: settings.valueBytes)
    return LoadRound(
      target: target, connections: connections, readPercent: readPercent(of: kind), keys: keys,
      valueBytes: settings.valueBytes, duration: settings.duration, requests: settings.requests,
      deadline: settings.deadline,
      seed: UInt64(bitPattern: Int64(settings.seed)) &+ UInt64(round) << 32,
      quorum: settings.quorum,
      listing: kind == .list ? listing : nil)
  }

  private func readPercent(of kind: Load) -> Int {
    switch kind {
    case .get, .list: 100
    case .mixed: settings.readPercent
    case .put, .watch, .expire, .restart, .memory: 0
    }
  }

  mutating func note(_ failures: Failures, _ target: Target) {
    self.failures.merge(failures, at: target.name)
  }

  /// Tells on standard error how far it has come.
  func say(_ line: String) {
    var standardError = StandardError()
    print(line, to: &standardError)
  }
}
