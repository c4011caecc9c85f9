internal import HTTP
internal import Loop

/// What a server's memory grows by, for each key, each idle connection and each waiting watcher.
///
/// Resident memory is read before and after each of them is added, so the server should be freshly
/// started: what it has set aside earlier would be used again and not be seen.
struct Footprint: Sendable {
  let load: LoadRound
  /// The keys before it are there already.
  let firstKey: Int
  let process: Int
  let idleConnections: Int
  let watchers: Int

  struct Outcome: Sendable {
    /// Nil if all keys were there already.
    var bytesPerKey: Double?
    var bytesPerConnection = 0.0
    /// With the connection it waits on.
    var bytesPerWatcher = 0.0
    var failures = Failures()
  }

  /// Nil if the process's memory cannot be read.
  func measure(on loops: [EventLoop]) async -> Outcome? {
    var outcome = Outcome()
    guard let empty = ProcessMemory(process: process) else { return nil }
    outcome.failures.merge(await load.preload(from: firstKey, on: loops).failures)
    guard let loaded = ProcessMemory(process: process) else { return nil }
    let added = load.keys - firstKey
    if added > 0 {
      outcome.bytesPerKey = Double(loaded.resident - empty.resident) / Double(added)
    }

    let crowd = Crowd(load: load, idleConnections: idleConnections, watchers: watchers)
    let readings = await crowd.gather(on: loops) { ProcessMemory(process: process)?.resident }
    outcome.failures.merge(readings.failures)
    guard let none = readings.none, let idle = readings.idle, let waiting = readings.waiting else {
      return nil
    }
    outcome.bytesPerConnection = Double(idle - none) / Double(idleConnections)
    outcome.bytesPerWatcher = Double(waiting - idle) / Double(watchers)
    return outcome
  }
}

/// Connections that do nothing, and then watchers that wait, all at once.
struct Crowd: Sendable {
  let load: LoadRound
  let idleConnections: Int
  let watchers: Int

  struct Readings: Sendable {
    var none: Int?
    var idle: Int?
    var waiting: Int?
    var failures = Failures()
  }

  /// Takes a reading without them, with the idle connections, and with the watchers added.
  func gather(on loops: [EventLoop], _ read: @Sendable () -> Int?) async -> Readings {
    let (idle, waiting) = (Gate(parties: idleConnections + 1), Gate(parties: watchers + 1))
    let release = Gate(parties: idleConnections + 1)
    return await withTaskGroup(of: Failures.self) { group in
      var readings = Readings()
      readings.none = read()
      for number in 0..<idleConnections {
        group.addTask(executorPreference: loops[number % loops.count]) {
          await standIdle(arrived: idle, until: release)
        }
      }
      await idle.pass()
      try? await Task.sleep(for: WatchRound.settling)
      readings.idle = read()
      for number in 0..<watchers {
        group.addTask(executorPreference: loops[number % loops.count]) {
          await waitForWrite(arrived: waiting)
        }
      }
      await waiting.pass()
      try? await Task.sleep(for: WatchRound.settling)
      readings.waiting = read()
      group.addTask(executorPreference: loops[0]) { await write() }
      await release.pass()
      for await failures in group { readings.failures.merge(failures) }
      return readings
    }
  }

  /// Asks once, as every connection has that is idle now.
  private func standIdle(arrived: Gate, until release: Gate) async -> Failures {
    var get = load.target.api.get(valueBytes: load.valueBytes)
    get.turn(to: 0)
    var client = LoadClient(load.target, deadline: load.deadline)
    _ = await client.ask(get, since: .now, before: .now)
    await arrived.pass()
    await release.pass()
    return client.finish().failures
  }

  private func waitForWrite(arrived: Gate) async -> Failures {
    var watch = load.target.api.watch(valueBytes: load.valueBytes)
    watch.turn(to: 0)
    var client = LoadClient(load.target, deadline: load.deadline + WatchRound.settling)
    await client.send(watch)
    await arrived.pass()
    _ = await client.receive(watch)
    return client.finish().failures
  }

  private func write() async -> Failures {
    var put = load.target.api.put(valueBytes: load.valueBytes)
    put.turn(to: 0)
    var client = LoadClient(load.target, deadline: load.deadline)
    _ = await client.ask(put, since: .now, before: .now)
    return client.finish().failures
  }
}
