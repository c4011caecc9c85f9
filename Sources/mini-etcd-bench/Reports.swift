/// The rates and times of get, put and mixed.
struct LoadReport {
  private(set) var report = ResultTable(
    "load",
    [
      .init(title: "load", member: "load"),
      .init(title: "connections", member: "connections"),
      .init(title: "keys", member: "keys"),
      .init(title: "target", member: "target"),
      .init(title: "answers/s", member: "answersPerSecond"),
      .init(title: "lowest", member: "lowestAnswersPerSecond"),
      .init(title: "highest", member: "highestAnswersPerSecond"),
      .init(title: "a/b", member: "ratio"),
      .init(title: "p50 ms", member: "p50Milliseconds"),
      .init(title: "p90 ms", member: "p90Milliseconds"),
      .init(title: "p99 ms", member: "p99Milliseconds"),
      .init(title: "p99.9 ms", member: "p999Milliseconds"),
      .init(title: "max ms", member: "maxMilliseconds"),
      .init(title: "RSS MB", member: "residentMegabytes"),
      .init(title: "wrong", member: "wrong"),
    ])

  /// The rates, for each load by connections and by keys, as far as those differ.
  private(set) var plots: [Plot] = []

  /// Adds a row for each target.
  ///
  /// - Parameter rounds: for each target its tallies, one a round.
  mutating func add(
    _ load: Load, connections: Int, keys: Int, _ targets: [Target], rounds: [[Tally]]
  ) {
    let rates = rounds.map { $0.map(\.answersPerSecond) }
    for (index, target) in targets.enumerated() {
      let total = rounds[index].reduce(into: Tally()) { $0.merge($1) }
      let memory = target.process.flatMap(ProcessMemory.init(process:))
      report.append([
        .text(load.rawValue), .whole(connections), .whole(keys), .text(target.name),
        .decimal(rates[index].median, places: 0),
        .decimal(rates[index].min() ?? 0, places: 0),
        .decimal(rates[index].max() ?? 0, places: 0),
        index == 0 && rates.count > 1 ? .ratio(rates[0], to: rates[1]) : .none,
        .milliseconds(total.times.quantile(permille: 500)),
        .milliseconds(total.times.quantile(permille: 900)),
        .milliseconds(total.times.quantile(permille: 990)),
        .milliseconds(total.times.quantile(permille: 999)),
        .milliseconds(total.times.longest),
        memory.map { .decimal(Double($0.resident) / 1e6, places: 1) } ?? .none,
        .whole(total.failures.count),
      ])
      let rate = rates[index].median
      plot("\(load) with \(keys) keys, answers/s by connections", targets) {
        $0.add(rate, of: index, at: connections)
      }
      let over = connections == 1 ? "1 connection" : "\(connections) connections"
      plot("\(load) over \(over), answers/s by keys", targets) {
        $0.add(rate, of: index, at: keys)
      }
    }
  }

  private mutating func plot(_ title: String, _ targets: [Target], _ add: (inout Plot) -> Void) {
    let place = plots.firstIndex { $0.title == title } ?? plots.endIndex
    if place == plots.endIndex {
      plots.append(Plot(title: title, targets: targets.map(\.name)))
    }
    add(&plots[place])
  }
}

/// How soon watchers are told.
struct WatchReport {
  private(set) var report = ResultTable(
    "watch",
    [
      .init(title: "load", member: "load"),
      .init(title: "watchers", member: "watchers"),
      .init(title: "target", member: "target"),
      .init(title: "writes", member: "writes"),
      .init(title: "all told ms", member: "allToldMilliseconds"),
      .init(title: "slowest ms", member: "slowestMilliseconds"),
      .init(title: "b/a", member: "ratio"),
      .init(title: "p50 ms", member: "p50Milliseconds"),
      .init(title: "p99 ms", member: "p99Milliseconds"),
      .init(title: "wrong", member: "wrong"),
    ])

  mutating func add(watchers: Int, _ targets: [Target], rounds: [[WatchRound.Outcome]]) {
    let times = rounds.map { $0.flatMap { $0.allTold.map { $0 / .milliseconds(1) } } }
    for (index, target) in targets.enumerated() {
      var told = LatencyHistogram()
      var failures = Failures()
      for outcome in rounds[index] {
        told.merge(outcome.told)
        failures.merge(outcome.failures)
      }
      report.append([
        .text("watch"), .whole(watchers), .text(target.name), .whole(times[index].count),
        .decimal(times[index].median, places: 3),
        .decimal(times[index].max() ?? 0, places: 3),
        index == 0 && times.count > 1 ? .ratio(times[1], to: times[0]) : .none,
        .milliseconds(told.quantile(permille: 500)), .milliseconds(told.quantile(permille: 990)),
        .whole(failures.count),
      ])
    }
  }
}

/// What a key, a connection and a watcher cost a server.
struct MemoryReport {
  private(set) var report = ResultTable(
    "memory",
    [
      .init(title: "memory of a", member: "of"),
      .init(title: "count", member: "count"),
      .init(title: "target", member: "target"),
      .init(title: "bytes each", member: "bytesEach"),
      .init(title: "b/a", member: "ratio"),
      .init(title: "wrong", member: "wrong"),
    ])

  mutating func add(
    keys: Int, connections: Int, watchers: Int, _ targets: [Target], _ outcomes: [Footprint.Outcome]
  ) {
    let kinds: [(String, Int, (Footprint.Outcome) -> Double)] = [
      ("key", keys, \.bytesPerKey),
      ("connection", connections, \.bytesPerConnection),
      ("watcher", watchers, \.bytesPerWatcher),
    ]
    for (name, count, bytes) in kinds {
      for (index, target) in targets.enumerated() {
        report.append([
          .text(name), .whole(count), .text(target.name),
          .decimal(bytes(outcomes[index]), places: 0),
          index == 0 && outcomes.count > 1
            ? .ratio([bytes(outcomes[1])], to: [bytes(outcomes[0])]) : .none,
          .whole(outcomes[index].failures.count),
        ])
      }
    }
  }
}

extension ResultTable.Cell {
  /// The median of the ratios of what was measured in turns: what slows the machine for a while
  /// slows both.
  static func ratio(_ numerators: [Double], to denominators: [Double]) -> ResultTable.Cell {
    let ratios = zip(numerators, denominators).compactMap { $1 > 0 ? $0 / $1 : nil }
    return ratios.isEmpty ? .none : .decimal(ratios.median, places: 2)
  }
}

extension [Double] {
  /// The middle one, or the mean of the two in the middle; 0 if there is none.
  var median: Double {
    let ordered = sorted()
    guard let upper = ordered.dropFirst(count / 2).first else { return 0 }
    return count % 2 == 1 ? upper : (ordered[count / 2 - 1] + upper) / 2
  }
}
