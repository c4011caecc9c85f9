internal import HTTP
internal import Loop

// One measurement each: rounds in which the servers take turns, and their rows in a report.
extension Benchmark {
  mutating func measure(_ kind: Load, keys: Int) async {
    for connections in settings.connections {
      let rounds = await inTurns(
        "\(kind), \(connections) connections", noting: \.failures,
        telling: \.rate
      ) { benchmark, target, round in
        await benchmark.loadRound(
          target, of: kind, keys: keys, connections: connections, round: round
        ).run(on: benchmark.loops)
      }
      load.add(kind, connections: connections, keys: keys, targets, rounds: rounds)
    }
  }

  mutating func measureWatching(keys: Int) async {
    let watchers = settings.watchers
    let rounds = await inTurns("watch, \(watchers) watchers", noting: \.failures) {
      benchmark, target, _ in
      let settings = benchmark.settings
      return await WatchRound(
        target: target, watchers: watchers, writes: settings.writes,
        valueBytes: settings.valueBytes, deadline: settings.deadline
      ).run(on: benchmark.loops, writerLoop: benchmark.quietLoop)
    }
    watch.add(watchers: watchers, keys: keys, targets, rounds: rounds)
  }

  mutating func measureExpiry(keys: Int) async {
    let expiring = settings.expiring
    for connections in settings.connections {
      let rounds = await inTurns("expire, \(expiring) keys", noting: \.failures) {
        benchmark, target, round in
        var others = benchmark.loadRound(
          target, of: .expire, keys: keys, connections: connections, round: round)
        others.duration = .seconds(3600)
        return await ExpiryRound(
          load: others, keys: expiring, timeToLive: benchmark.settings.timeToLive
        ).run(on: benchmark.loops)
      }
      expiry.add(
        expiring: expiring, connections: connections, keys: keys, targets, rounds: rounds)
    }
  }

  mutating func measureRestarts(keys: Int) async {
    let rounds = await inTurns("restart, \(keys) keys", noting: \.failures) {
      benchmark, target, round in
      await RestartRound(
        target: target, lastKey: benchmark.lastKey - 1 - round,
        valueBytes: benchmark.settings.valueBytes, deadline: benchmark.settings.deadline
      ).run(on: benchmark.quietLoop)
    }
    lastKey -= settings.rounds
    restart.add(keys: keys, targets, rounds: rounds)
  }

  /// One round for each target, and the next one the other way round.
  ///
  /// - Returns: for each target its outcomes, one a round.
  private mutating func inTurns<Outcome: Sendable>(
    _ title: String, noting failures: (Outcome) -> Failures,
    telling result: (Outcome) -> String = { _ in "" },
    _ measure: (Benchmark, Target, _ round: Int) async -> Outcome
  ) async -> [[Outcome]] {
    var rounds = targets.map { _ in [Outcome]() }
    for round in 0..<settings.rounds {
      for index in turns(in: round) {
        let outcome = await measure(self, targets[index], round)
        note(failures(outcome), targets[index])
        rounds[index].append(outcome)
        say("\(title), round \(round + 1): \(targets[index].name)\(result(outcome))")
      }
    }
    return rounds
  }

  mutating func measureMemory(keys: Int) async {
    let connections = settings.connections.max() ?? 1
    var outcomes: [Footprint.Outcome] = []
    for target in targets {
      let footprint = Footprint(
        load: loadRound(target, of: .memory, keys: keys), firstKey: min(keysLoaded, keys),
        process: target.process ?? 0, idleConnections: connections, watchers: settings.watchers)
      var outcome = Footprint.Outcome()
      if let measured = await footprint.measure(on: loops) {
        outcome = measured
      } else {
        outcome.failures.note("cannot read the memory of process \(target.process ?? 0)")
      }
      note(outcome.failures, target)
      outcomes.append(outcome)
      say("memory, \(keys) keys: \(target.name)")
    }
    keysLoaded = max(keysLoaded, keys)
    memory.add(
      keys: keys, connections: connections, watchers: settings.watchers, targets, outcomes)
  }
}

extension Tally {
  /// For people who wait for the end of the run.
  fileprivate var rate: String {
    " \(ResultTable.Cell.decimal(answersPerSecond, places: 0).text)/s"
  }
}
