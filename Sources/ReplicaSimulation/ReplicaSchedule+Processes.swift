import Bytes
import DiskSimulation
import Raft
import RaftSimulation
import Replication
import Store
import Synchronization
import WAL

// How processes start, hear, have their turns and end.

extension ReplicaSchedule {
  func start(_ place: Int) throws {
    hosts[place].returns = nil
    hosts[place].pausedUntil = 0
    hosts[place].life += 1
    var settings = NodeSettings()
    settings.name = hosts[place].name
    settings.joins = hosts[place].joins
    settings.acceptsJoins = true
    if !hosts[place].isAlone {
      settings.peers = Self.firstNames.filter { $0 != hosts[place].name }
    }
    for name in Self.firstNames { settings.addresses[name] = [Self.firstAddress(of: name)] }
    settings.nodeOptions.snapshotInterval = 12
    settings.nodeOptions.entriesKept = 4
    settings.nodeOptions.dropInterval = 4
    settings.slowestLink = Self.slowestLink
    // Not the same on all machines, and none of them whole sectors.
    settings.logPadding = [1_300, 0, 300][place % 3]
    nonisolated(unsafe) let schedule = self
    settings.log = { line in if line.level > .debug { schedule.tell("\(line)") } }
    do {
      let node = try VirtualNode(
        settings, on: hosts[place].disk, incarnation: hosts[place].incarnation ?? random.next() | 1,
        seed: random.next(), clock: hosts[place].clock.source, url: hosts[place].url,
        joined: hosts[place].joined)
      hosts[place].node = node
      tell("\(node.name) starts")
      try node.begin()
      collect(node)
      try awaitStart(of: place, node)
    } catch {
      // What was flipped was found: an operator gives the machine an empty disk.
      if hosts[place].isDamaged { return noteDamage(place, error) }
      try end(place, error)
    }
  }

  /// A client asks as soon as the process is there, and waits until the store may be served.
  private func awaitStart(of place: Int, _ node: VirtualNode) throws {
    let life = hosts[place].life
    hosts[place].startAwaitedSince = node.replica.now
    nonisolated(unsafe) let schedule = self
    try hear(
      place,
      .start(
        .call { _ in
          if schedule.hosts[place].life == life { schedule.hosts[place].startAwaitedSince = nil }
        }))
  }

  /// Where the flags of all nodes say that a first member is.
  static func firstAddress(of name: String) -> HostPort { HostPort(host: name, port: 1) }

  func addHost(_ name: String) {
    hosts.append(Host(name: name, clock: MachineClock(time, &random)))
  }

  /// The process ends by itself: a disk that fails ends it, a violation ends the test.
  private func end(_ place: Int, _ error: any Error) throws {
    if case .violated(let what)? = error as? JournalError {
      throw failure(.promises, "\(hosts[place].name) stops: \(what)")
    }
    let disk = hosts[place].disk
    let isWithoutSpace = hosts[place].node == nil && disk.room < .max
    guard disk.operationsLeft == 0 || disk.hasFailed || isWithoutSpace else {
      throw failure(.staysUp, "\(hosts[place].name) ends: \(error)")
    }
    if disk.hasFailed {
      tell("\(hosts[place].name) ends: \(error)")
      counts["disk errors", default: 0] += 1
    }
    crash(place, losingPower: disk.operationsLeft == 0)
  }

  /// An operator has the process end in good order: it hands over what it can, and closes its log.
  func stop(_ place: Int) throws {
    tell("\(hosts[place].name) is to stop")
    let life = hosts[place].life
    nonisolated(unsafe) let schedule = self
    try hear(
      place,
      .drain(
        .call { _ in
          if schedule.hosts[place].life == life { schedule.hosts[place].isDrained = true }
        }))
  }

  func crash(_ place: Int, losingPower: Bool) {
    if hosts[place].isGone { return }
    tell("\(hosts[place].name) \(losingPower ? "loses power" : "is killed")")
    counts["crashes", default: 0] += 1
    if losingPower { hosts[place].disk = hosts[place].disk.afterPowerCut(&random) }
    noteEnd(of: place)
  }

  /// The process is gone; it is started again before long.
  private func noteEnd(of place: Int) {
    forgetCalls(of: place)
    hosts[place].node = nil
    hosts[place].isDrained = false
    hosts[place].isExpiring = false
    hosts[place].startAwaitedSince = nil
    transfers.removeAll { self.place(of: $0.from) == nil }
    hosts[place].disk = hosts[place].disk.afterKill()
    if hosts[place].fullUntil <= round { hosts[place].disk.room = .max }
    hosts[place].returns = round + random.between(1, 60)
  }

  func isAwake(_ place: Int) -> Bool {
    hosts[place].node != nil && hosts[place].pausedUntil <= round
  }

  func hear(_ place: Int, _ input: ReplicaInput) throws {
    guard let node = hosts[place].node, isAwake(place) else { return }
    do { try node.replica.hear(input) } catch { return try end(place, error) }
    if random.chance(600) { try turn(place) }
  }

  func turn(_ place: Int) throws {
    guard let node = hosts[place].node, isAwake(place) else { return }
    do { try node.turn() } catch { return try end(place, error) }
    try checkCommitted(by: node)
    try checkShown(place, node)
    try checkTold(by: node)
    collect(node)
    if node.host.isRemoved { return retire(place) }
    guard node.replica.isClosed else { return }
    tell("\(node.name) has stopped")
    counts["stops", default: 0] += 1
    noteEnd(of: place)
  }

  /// What one node has committed no other ever commits otherwise.
  private func checkCommitted(by node: VirtualNode) throws {
    let core = node.replica.node.core
    let log = core.log
    var index = core.commitIndex
    while index > log.base.index, let term = log.term(at: index), committed[index] != term {
      if committed[index] != nil {
        throw failure(
          .oneHistory, "\(node.name) has committed another entry at \(index) than others have")
      }
      committed[index] = term
      index = index - 1
    }
  }

  /// Once a node says that it may, it answers clients from its own store; and what it has shown
  /// them it had on its disk.
  private func checkShown(_ place: Int, _ node: VirtualNode) throws {
    guard node.replica.board.isStarted.load(ordering: .relaxed) else { return }
    let applied = node.store.appliedIndex
    if applied < hosts[place].shown {
      throw failure(
        .shownStays, "\(node.name) shows log index \(applied); it has shown \(hosts[place].shown)")
    }
    hosts[place].shown = applied
  }

  /// Work in the background comes to its end.
  func work(_ place: Int) throws {
    guard let node = hosts[place].node, isAwake(place), !node.host.background.isEmpty else {
      return
    }
    let work = node.host.background.remove(at: random.next(below: node.host.background.count))
    if let input = work() { try hear(place, input) }
  }

  private func retire(_ place: Int) {
    guard let node = hosts[place].node else { return }
    tell("\(node.name) ends, removed")
    noteEnd(of: place)
    hosts[place].returns = nil
    hosts[place].isGone = true
  }

  /// The node that has an id, if it runs.
  func place(of id: NodeID) -> Int? { hosts.firstIndex { $0.node?.id == id } }
}
