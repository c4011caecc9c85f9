internal import HTTP
internal import Loop

/// One server under load for a while: each connection asks, waits for the answer, and asks again.
struct LoadRound: Sendable {
  let target: Target
  var connections: Int
  /// Reads among 100 requests.
  let readPercent: Int
  var keys: Int
  let valueBytes: Int
  var duration: Duration
  /// Ends the round before its duration.
  let requests: Int?
  let deadline: Duration
  let seed: UInt64
  /// Whether etcd's API is asked for the latest value.
  var quorum = false
  /// What is listed in place of reading keys; it is as large as ``keys`` says.
  var listing: ListingLoad?
  /// Which keys are written by ``preload(from:on:)``.
  var directory = KeyDirectory.lasting
  /// Ends the round before its duration once it is true.
  var isOver: @Sendable () -> Bool = { false }

  /// Measures, with the connections spread over `loops`.
  func run(on loops: [EventLoop]) async -> Tally {
    let before = target.processorSeconds
    var tally = await gather(on: loops) { number, gate in await keepAsking(number, after: gate) }
    if let before, let after = target.processorSeconds { tally.processorSeconds = after - before }
    return tally
  }

  /// Writes every key from `first` on once. ``duration`` and ``requests`` do not matter.
  func preload(from first: Int = 0, on loops: [EventLoop]) async -> Tally {
    await gather(on: loops) { number, gate in await writeShare(number, from: first, after: gate) }
  }

  private func gather(
    on loops: [EventLoop], _ work: @escaping @Sendable (Int, Gate) async -> Tally
  ) async -> Tally {
    let gate = Gate(parties: connections)
    return await withTaskGroup(of: Tally.self) { group in
      for number in 0..<connections {
        group.addTask(executorPreference: loops[number % loops.count]) {
          await work(number, gate)
        }
      }
      return await group.reduce(into: Tally()) { $0.merge($1) }
    }
  }

  private func keepAsking(_ number: Int, after gate: Gate) async -> Tally {
    var get = listing?.get ?? target.api.get(valueBytes: valueBytes, quorum: quorum)
    var put = readPercent < 100 ? target.api.put(valueBytes: valueBytes) : get
    var random = Random(seed: seed &+ UInt64(number))
    var left = requests.map { $0 / connections + (number < $0 % connections ? 1 : 0) } ?? .max
    var client = LoadClient(target, deadline: deadline)
    await client.open()

    let start = await gate.pass()
    client.begin(at: start)
    let end = start + duration
    var now = start
    while now < end, left > 0, !client.hasGivenUp, !isOver() {
      let key = random.below(keys)
      if readPercent == 100 || random.below(100) < readPercent {
        get.turn(to: key)
        now = await client.ask(get, since: now, before: end)
      } else {
        put.turn(to: key)
        now = await client.ask(put, since: now, before: end)
      }
      left -= 1
    }
    return client.finish(elapsed: min(now, end) - start)
  }

  private func writeShare(_ number: Int, from first: Int, after gate: Gate) async -> Tally {
    var put = listing?.put ?? target.api.put(valueBytes: valueBytes, in: directory)
    var client = LoadClient(target, deadline: deadline)
    await client.open()

    let start = await gate.pass()
    var now = start
    for key in stride(from: first + number, to: keys, by: connections) where !client.hasGivenUp {
      put.turn(to: key)
      now = await client.ask(put, since: now, before: now + deadline)
    }
    return client.finish(elapsed: now - start)
  }
}
