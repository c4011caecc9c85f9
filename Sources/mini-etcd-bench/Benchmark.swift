internal import HTTP
internal import Loop
internal import Options
internal import Platform

/// The measurements asked for, one after another, the servers taking turns.
struct Benchmark {
  private let settings: Settings
  private let targets: [Target]
  private let loops: [EventLoop]

  private var load = LoadReport()
  private var watch = WatchReport()
  private var memory = MemoryReport()
  /// Everything that went wrong, and with which server.
  private(set) var failures = Failures()
  /// So many keys are there and can be read.
  private var keysLoaded: Int

  init(_ settings: Settings) throws(SystemError) {
    self.settings = settings
    targets = settings.targets
    keysLoaded = settings.preload ? 0 : .max
    var loops: [EventLoop] = []
    for _ in 0..<settings.threads { loops.append(try EventLoop.start()) }
    self.loops = loops
  }

  /// The reports that have rows.
  private var reports: [ResultTable] {
    [load.report, watch.report, memory.report].filter { !$0.rows.isEmpty }
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

  /// Ends early when not even the keys can be written.
  mutating func run() async {
    for kind in settings.loads {
      switch kind {
      case .get, .put, .mixed:
        for keys in settings.keys {
          guard await preload(keys) else { return }
          await measure(kind, keys: keys)
        }
      case .list:
        for target in targets where settings.preload {
          await preload(loadRound(target, of: kind, keys: settings.children))
        }
        await measure(kind, keys: settings.children)
      case .watch: await measureWatching()
      case .memory: await measureMemory()
      }
    }
  }

  private mutating func measure(_ kind: Load, keys: Int) async {
    for connections in settings.connections {
      var rounds = targets.map { _ in [Tally]() }
      for round in 0..<settings.rounds {
        for index in turns(in: round) {
          let target = targets[index]
          let tally = await loadRound(
            target, of: kind, keys: keys, connections: connections, round: round
          ).run(on: loops)
          note(tally.failures, target)
          rounds[index].append(tally)
          let rate = ResultTable.Cell.decimal(tally.answersPerSecond, places: 0).text
          say("\(kind), \(connections) connections, round \(round + 1): \(target.name) \(rate)/s")
        }
      }
      load.add(kind, connections: connections, keys: keys, targets, rounds: rounds)
    }
  }

  private mutating func measureWatching() async {
    var rounds = targets.map { _ in [WatchRound.Outcome]() }
    for round in 0..<settings.rounds {
      for index in turns(in: round) {
        let outcome = await WatchRound(
          target: targets[index], watchers: settings.watchers, writes: settings.writes,
          valueBytes: settings.valueBytes, deadline: settings.deadline
        ).run(on: loops)
        note(outcome.failures, targets[index])
        rounds[index].append(outcome)
        say("watch, \(settings.watchers) watchers, round \(round + 1): \(targets[index].name)")
      }
    }
    watch.add(watchers: settings.watchers, targets, rounds: rounds)
  }

  private mutating func measureMemory() async {
    let connections = settings.connections.max() ?? 1
    let keys = settings.keys.max() ?? 1
    var outcomes: [Footprint.Outcome] = []
    for target in targets {
      let footprint = Footprint(
        load: loadRound(target, of: .memory, keys: keys),
        process: target.process ?? 0, idleConnections: connections, watchers: settings.watchers)
      var outcome = Footprint.Outcome()
      if let measured = await footprint.measure(on: loops) {
        outcome = measured
      } else {
        outcome.failures.note("cannot read the memory of process \(target.process ?? 0)")
      }
      note(outcome.failures, target)
      outcomes.append(outcome)
      say("memory: \(target.name)")
    }
    keysLoaded = max(keysLoaded, keys)
    memory.add(
      keys: keys, connections: connections, watchers: settings.watchers, targets, outcomes)
  }

  /// Writes all keys, unless so many have been written.
  /// - Returns: whether they are there.
  private mutating func preload(_ keys: Int) async -> Bool {
    if keysLoaded >= keys { return true }
    keysLoaded = keys
    let failuresBefore = failures.count
    for target in targets where target.api != .fixed {
      await preload(loadRound(target, of: .put, keys: keys))
    }
    return failures.count == failuresBefore
  }

  private mutating func preload(_ round: LoadRound) async {
    note(await round.preload(on: loops).failures, round.target)
    say("preload: \(round.keys) keys written to \(round.target.name)")
  }

  /// Who comes first changes from round to round: a drift of the machine then favours neither.
  private func turns(in round: Int) -> [Int] {
    round.isMultiple(of: 2) ? Array(targets.indices) : targets.indices.reversed()
  }

  private func loadRound(
    _ target: Target, of kind: Load, keys: Int, connections: Int = 64, round: Int = 0
  ) -> LoadRound {
    LoadRound(
      target: target, connections: connections, readPercent: readPercent(of: kind), keys: keys,
      valueBytes: settings.valueBytes, duration: settings.duration, requests: settings.requests,
      deadline: settings.deadline,
      seed: UInt64(bitPattern: Int64(settings.seed)) &+ UInt64(round) << 32,
      quorum: settings.quorum,
      listing: kind == .list ? ListingLoad(children: keys, valueBytes: settings.valueBytes) : nil)
  }

  private func readPercent(of kind: Load) -> Int {
    switch kind {
    case .get, .list: 100
    case .mixed: settings.readPercent
    case .put, .watch, .memory: 0
    }
  }

  private mutating func note(_ failures: Failures, _ target: Target) {
    self.failures.merge(failures, at: target.name)
  }

  /// Tells on standard error how far it has come.
  private func say(_ line: String) {
    var standardError = StandardError()
    print(line, to: &standardError)
  }
}
