import Raft
import Store

// The network: delays, losses, doubles, and directions that are cut.

extension Schedule {
  func isCut(_ from: Int, _ to: Int) -> Bool {
    cutUntil[from * Schedule.maxHosts + to] > now
  }

  func cut(_ from: Int, _ to: Int, until time: Instant) {
    let place = from * Schedule.maxHosts + to
    cutUntil[place] = max(cutUntil[place], time)
  }

  func send(_ messages: [Message], from host: Int) {
    for message in messages {
      judgeSize(message, host)
      judgePromise(message, host)
      send(message, from: host)
    }
  }

  private func send(_ message: Message, from host: Int) {
    let receiver = Int(message.to.rawValue) - 1
    guard receiver < hosts.count else { return reportSnapshot(message, arrived: false) }
    let isChaos = phase == .chaos
    if isCut(host, receiver) || isChaos && random.network.chance(options.lossRate) {
      tell(host, "to \(message.to), lost: \(Story.words(message))")
      recorder?.sent(message, at: now, arriving: nil)
      return reportSnapshot(message, arrived: false)
    }
    var machine: RegisterMachine?
    if case .installSnapshot(let snapshot, _) = message.content {
      // The state travels beside the message; it is the one on the disk.
      guard hosts[host].disk.snapshot == snapshot else {
        referee.fail(.recoveryIsExact, "\(message.from) sends a snapshot it does not have")
        return
      }
      machine = hosts[host].disk.machine
    }
    let copies: Int32 = isChaos && random.network.chance(options.duplicateRate) ? 2 : 1
    let place = bag.put(message, machine: machine, copies: copies)
    let arrival = now + delay(isChaos) + slowness(host, receiver)
    recorder?.sent(message, at: now, arriving: arrival)
    queue.schedule(.deliver(place), at: arrival)
    if copies == 2 {
      // A copy comes when it comes, perhaps in another term.
      let late =
        options.replayDelay > 0
        ? random.network.instant(0, options.replayDelay)
        : delay(isChaos) * Instant(random.network.between(1, 100))
      queue.schedule(.deliver(place), at: now + late)
    }
  }

  private func delay(_ isChaos: Bool) -> Instant {
    if options.isLockstep {
      return 1_000 + (options.jitter > 0 ? random.network.instant(0, options.jitter) : 0)
    }
    let range = isChaos ? options.delay : options.calmed(options.delay)
    let delay = random.network.instant(range.lowerBound, range.upperBound)
    return isChaos && random.network.chance(options.stragglerRate)
      ? delay * Instant(random.network.between(2, 60)) : delay
  }

  func deliver(_ place: Int32) {
    guard let receiver = bag.receiver(place) else { return }
    let host = Int(receiver.rawValue) - 1
    if hosts[host].isUp, hosts[host].isPaused(at: now) {
      hosts[host].mailbox.append(place)
      return
    }
    guard let envelope = bag.take(place) else { return }
    var message = envelope.message
    guard hosts[host].isUp, !isCut(Int(message.from.rawValue) - 1, host) else {
      return reportSnapshot(message, arrived: false)
    }
    record(6, UInt64(host) << 8 | message.from.rawValue, message.term.rawValue)
    tell(host, "from \(message.from): \(Story.words(message))")
    if case .installSnapshot(let snapshot, _) = message.content, let machine = envelope.machine {
      hosts[host].received = (snapshot.position, machine)
    }
    falsify(&message, to: host)
    run(host) { $0.step(message) }
    reportSnapshot(message, arrived: true)
  }

  /// Does nothing, unless a test plants just that bug.
  private func falsify(_ message: inout Message, to host: Int) {
    #if DEBUG
      sabotage?.message(&message, hosts[host].node.core)
    #endif
  }

  func dropped(_ place: Int32) {
    if let envelope = bag.take(place) { reportSnapshot(envelope.message, arrived: false) }
  }

  /// A snapshot goes by a stream, so its sender learns what became of it.
  private func reportSnapshot(_ message: Message, arrived: Bool) {
    guard case .installSnapshot = message.content else { return }
    let sender = Int(message.from.rawValue) - 1
    queue.schedule(
      .streamEnds(
        host: Int16(sender), life: hosts[sender].life, receiver: Int16(message.to.rawValue - 1),
        succeeded: arrived), at: now + 1_000)
  }

  private func judgeSize(_ message: Message, _ host: Int) {
    guard case .appendEntries(let append) = message.content, append.entries.count > 1 else {
      return
    }
    let size = append.entries.reduce(0) { $0 + $1.size }
    if size > options.raft.maxAppendBytes {
      referee.fail(.limitsHold, "\(message.from) sends an append of \(size) bytes")
    }
  }
}
