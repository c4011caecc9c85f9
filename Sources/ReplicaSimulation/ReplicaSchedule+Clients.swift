import Raft
import RaftSimulation
import Replication
import Store
import Synchronization

extension ReplicaSchedule {
  /// Asks for one thing after the other, at any node, and waits for each answer.
  struct Client {
    enum Request: Equatable {
      case read(at: Int)
      case write(at: Int)
    }

    struct Call {
      let operation: Int
      let request: Request
      let place: Int
      let life: Int
      /// The node's tick in which it was asked.
      let tick: UInt64
    }

    let number: Int
    var call: Call?
    /// What it still has to be answered before the run may end.
    var unanswered: [Request] = []

    /// A write and a read at every node.
    static func finalRequests(_ count: Int) -> [Request] {
      (0..<count).flatMap { [.write(at: $0), .read(at: $0)] }
    }
  }

  /// The client asks, unless it waits.
  func act(_ number: Int) throws {
    guard clients[number].call == nil, random.chance(isChaos ? 500 : 1000) else { return }
    let request: Client.Request
    if isChaos {
      let place = random.next(below: hosts.count)
      request = random.chance(400) ? .read(at: place) : .write(at: place)
    } else {
      clients[number].unanswered.removeAll { answersNothing(Self.place(of: $0)) }
      guard let next = clients[number].unanswered.first else { return }
      request = next
    }
    let place = Self.place(of: request)
    guard isAwake(place), let node = hosts[place].node else { return }
    let key = random.next(below: Self.keys.count)
    let operation = history.count
    step += 1
    let action: ClientOperation.Action =
      if case .read = request { .read } else { .write(UInt32(operation + 1)) }
    history.append(ClientOperation(key: key, action: action, start: step))
    clients[number].call = Client.Call(
      operation: operation, request: request, place: place, life: hosts[place].life,
      tick: node.replica.now)
    nonisolated(unsafe) let schedule = self
    switch request {
    case .read:
      try hear(
        place,
        .read(.call { result in schedule.answer(number, operation, result.map { nil }) }))
    case .write:
      try hear(
        place,
        .write(
          .command(try VirtualNode.put(Self.keys[key], value(operation + 1))),
          .call { result in schedule.answer(number, operation, result.map { $0 }) }))
    }
  }

  /// A number as it is written: now and then so long that it takes a narrow link more than an
  /// election timeout.
  private func value(_ number: Int) -> String {
    let digits = "\(number)"
    guard hasNarrowLinks, random.chance(200) else { return digits }
    return String(repeating: "0", count: 8_000) + digits
  }

  private static func place(of request: Client.Request) -> Int {
    switch request {
    case .read(let place), .write(let place): place
    }
  }

  /// The client is answered.
  private func answer(
    _ number: Int, _ operation: Int, _ result: Result<Outcome?, ProposalError>
  ) {
    guard let call = clients[number].call, call.operation == operation else { return }
    step += 1
    clients[number].call = nil
    history[operation].end = step
    switch (call.request, result) {
    case (.read, .success):
      let value = hosts[call.place].node?.value(Self.keys[history[operation].key])
      history[operation].outcome = .read(value.flatMap { UInt32($0) } ?? 0)
    case (.write, .success): history[operation].outcome = .written(true)
    case (_, .failure(.unknown)):
      history[operation].outcome = .unknown
      history[operation].end = .max
    case (_, .failure): history[operation].outcome = .never
    }
    if case .success = result {
      counts["answers", default: 0] += 1
      clients[number].unanswered.removeAll { $0 == call.request }
    }
    let answer = if case .failure(let error) = result { "\(error)" } else { "answered" }
    tell("client \(number): \(call.request) \(history[operation].action): \(answer)")
  }

  /// The process ends: no more answers come.
  func forgetCalls(of place: Int) {
    for number in clients.indices where clients[number].call?.place == place {
      clients[number].call = nil
    }
  }

  /// Every request is answered in the time that a node promises: its patience, and a few ticks.
  func checkPatience() throws {
    for host in hosts {
      guard let since = host.startAwaitedSince, let node = host.node else { continue }
      try checkPatience(of: node, since: since, "who waits for its start")
    }
    for client in clients {
      guard let call = client.call, let node = hosts[call.place].node else { continue }
      try checkPatience(of: node, since: call.tick, "\(call.request)")
    }
  }

  private func checkPatience(of node: VirtualNode, since tick: UInt64, _ request: String) throws {
    let waited = node.replica.now - tick
    // A node waits for longer where what is under way takes its time: see ``PendingWrite/grace``.
    if waited > node.replica.settings.patienceTicks + (hasNarrowLinks ? 200 : 20) {
      throw failure(.answered, "\(node.name) has not answered \(request) for \(waited) ticks")
    }
  }

  /// What must still happen before a run may end; nil if it may.
  var whatIsOpen: String? {
    if let joiner { return "\(joiner.record.name) has not joined" }
    if let loss { return "\(hosts[loss.place].name) is not replaced" }
    if let move { return "\(hosts[move.place].name) has not moved" }
    for host in hosts where host.returns != nil { return "\(host.name) is down" }
    let nodes = hosts.compactMap(\.node)
    guard let leader = nodes.first(where: { $0.replica.isLeader }) else {
      return "there is no leader"
    }
    let roster = leader.replica.roster
    if roster.cluster == nil { return "there is no cluster" }
    for client in clients {
      let open = client.unanswered.filter { !answersNothing(Self.place(of: $0)) }
      if let first = open.first { return "client \(client.number) is not answered \(first)" }
    }
    for node in nodes where roster[node.id] != nil {
      if node.replica.roster != roster { return "\(node.name) has another roster" }
      if node.store.storeIndex != leader.store.storeIndex { return "\(node.name) is behind" }
      for lease in leases where node.value(lease.key) != nil {
        return "\(lease.key) has not expired at \(node.name)"
      }
      for key in Self.keys where node.value(key) != leader.value(key) {
        return "\(node.name) has another value of \(key)"
      }
    }
    for member in roster.members {
      if member.incarnation == nil { return "\(member.name) has not described itself" }
    }
    if let learner = leader.replica.node.core.membership.learners.first {
      return "\(roster.name(of: learner)) is still a learner"
    }
    for place in hosts.indices where !answersNothing(place) {
      if let node = hosts[place].node, roster[node.id] == nil {
        return "\(node.name) does not know that it is no member"
      }
    }
    return nil
  }

  /// Whether a node has ended for good, or was removed and knows too few of those that are left to
  /// be told so by most of the voters it knows.
  private func answersNothing(_ place: Int) -> Bool {
    if hosts[place].isGone { return true }
    guard let node = hosts[place].node,
      let roster = hosts.lazy.compactMap(\.node).first(where: \.replica.isLeader)?.replica.roster,
      roster[node.id] == nil
    else { return false }
    let others = node.status.membership.voters.filter { $0 != node.id }
    return others.count(where: { roster[$0] != nil }) <= others.count / 2
  }
}
