import Raft
import Store

// What the reader does while a schedule runs.

extension Schedule {
  /// Lets deeds happen; before the schedule runs.
  func plan(_ deeds: Deeds) {
    self.deeds = deeds
    if deeds.list.contains(where: { $0.kind == .write }) { addReadersClient() }
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
    clients.append(Client(target: 0))
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
    case .heal:
      for place in cutUntil.indices { cutUntil[place] = 0 }
      tellAll("The network heals.")
    case .transfer: if let leader { transfer(from: leader, to: deed.hosts[0]) }
    case .write: write(to: deed.hosts[0])
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

  /// The reader's client writes; if it still waits for an answer, it gives that up first.
  private func write(to host: Int) {
    guard let client = readersClient else { return }
    let place = operations.count
    let number = UInt32(place + 1)
    if let waiting = clients[client].waitingFor {
      operations[waiting].outcome = .unknown
      operations[waiting].end = .max
    }
    operations.append(Operation(key: 0, action: .write(number), start: now))
    owners.append(client)
    clients[client].target = host
    clients[client].waitingFor = place
    queue.schedule(
      .patienceEnds(client: Int16(client), operation: Int32(place)), at: now + options.patience)
    queue.schedule(
      .requestArrives(client: Int16(client), operation: Int32(place)), at: now + 500)
  }
}
