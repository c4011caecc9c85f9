import Raft
import Store

// What the reader does while a schedule runs.

extension Schedule {
  /// Lets deeds happen; before the schedule runs.
  func plan(_ deeds: Deeds) {
    self.deeds = deeds
    if deeds.list.contains(where: { [.write, .read].contains($0.kind) }) { addReadersClient() }
    for (place, deed) in deeds.list.enumerated() {
      queue.schedule(.deed(Int16(place)), at: deed.time)
    }
  }

  /// No client asks for anything before the faults end, but one that does what the reader wants.
  func quieten() {
    isQuiet = true
    addReadersClient()
  }

  private func addReadersClient() {
    guard readersClient == nil else { return }
    readersClient = clients.count
    clients.append(SimulatedClient(target: 0))
  }

  func perform(deed place: Int) {
    let deed = deeds.list[place]
    guard phase == .chaos, deed.hosts.allSatisfy({ $0 < hosts.count }) else { return }
    record(8, UInt64(place))
    /// Longer than any schedule.
    let forGood = now + 1_000_000_000_000
    switch deed.kind {
    case .crash: crash(deed.hosts[0], for: forGood)
    case .restart: restart(deed.hosts[0])
    case .pause: stop(deed.hosts[0], until: forGood)
    case .resume: resume(deed.hosts[0])
    case .cut: cutLink(deed.hosts[0], deed.hosts[1], until: forGood)
    case .mend: cutLink(deed.hosts[0], deed.hosts[1], until: 0)
    case .split: split(deed.hosts, until: forGood)
    case .slow: slowLink(deed.hosts[0], deed.hosts[1], by: deed.delay)
    case .fast: slowLink(deed.hosts[0], deed.hosts[1], by: 0)
    case .heal:
      for place in cutUntil.indices { cutUntil[place] = 0 }
      linkDelays = []
      tellAll("The network heals.")
    case .transfer: if let leader { transfer(from: leader, to: deed.hosts[0]) }
    case .write: ask(deed.hosts[0], for: .write(UInt32(operations.count + 1)))
    case .read: ask(deed.hosts[0], for: .read)
    case .add: addNode()
    case .remove: removeNode(deed.hosts[0])
    }
  }

  private func stop(_ host: Int, until: Instant) {
    guard hosts[host].isUp, !hosts[host].isPaused(at: now) else { return }
    hosts[host].pausedUntil = until
    tell(host, "is stopped")
  }

  private func cutLink(_ a: Int, _ b: Int, until: Instant) {
    cutUntil[a * Schedule.maxHosts + b] = until
    cutUntil[b * Schedule.maxHosts + a] = until
    tell(
      a, "and \(hosts[b].id) \(until > now ? "cannot hear each other" : "hear each other again")")
  }

  /// Messages take longer, in both directions, and still arrive in order.
  private func slowLink(_ a: Int, _ b: Int, by delay: Instant) {
    if linkDelays.isEmpty { linkDelays = cutUntil.map { _ in 0 } }
    linkDelays[a * Schedule.maxHosts + b] = delay
    linkDelays[b * Schedule.maxHosts + a] = delay
    let words = delay > 0 ? "\(delay / 1_000) ms late" : "without delay again"
    tell(a, "and \(hosts[b].id) hear each other \(words)")
  }

  private func split(_ side: [Int], until: Instant) {
    let others = hosts.indices.filter { !side.contains($0) }
    for a in side {
      for b in others {
        cutUntil[a * Schedule.maxHosts + b] = until
        cutUntil[b * Schedule.maxHosts + a] = until
      }
    }
    func names(_ hosts: [Int]) -> String {
      hosts.map { "\(self.hosts[$0].id)" }.joined(separator: " ")
    }
    tellAll("The network falls apart: \(names(side)) | \(names(others))")
  }

  /// The reader's client asks; if it still waits for an answer, it gives that up first.
  private func ask(_ host: Int, for action: ClientOperation.Action) {
    guard let client = readersClient else { return }
    let place = operations.count
    if let waiting = clients[client].waitingFor {
      operations[waiting].outcome = .unknown
      operations[waiting].end = .max
    }
    operations.append(ClientOperation(key: 0, action: action, start: now))
    owners.append(client)
    clients[client].target = host
    clients[client].waitingFor = place
    queue.schedule(
      .patienceEnds(client: Int16(client), operation: Int32(place)), at: now + options.patience)
    queue.schedule(
      .requestArrives(client: Int16(client), operation: Int32(place)), at: now + 500)
  }
}

extension ScheduleSettings {
  /// Runs one schedule to its end, with what the reader does, and writes it down.
  ///
  /// - Parameter isQuiet: whether no client asks for anything but what `deeds` say.
  public func run(
    seed: UInt64, doing deeds: Deeds, isQuiet: Bool, story: Story? = nil, recorder: Recorder? = nil
  ) -> ScheduleResult {
    let schedule = schedule(seed: seed, story: story)
    schedule.recorder = recorder
    if isQuiet { schedule.quieten() }
    schedule.plan(deeds)
    recorder?.note(schedule)
    return result(of: schedule)
  }
}
