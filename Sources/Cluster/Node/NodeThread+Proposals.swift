import Raft
import Store

// Writes. A leader proposes them; a follower forwards them, one hop, and answers only when it has
// itself applied them, so that whoever was answered here reads here what he wrote.
//
//   client ──► queue ──► leader? propose ─────────────────────────────► its entry is applied here
//                 ▲          else forward ──► position in the log ─────►        │
//                 └── refused for now, or another entry took its place          ▼
//                                                                        the command's own outcome
//
// Nothing is proposed a second time unless it is known that the first time came to nothing.

extension NodeThread {
  func accept(
    _ operation: Operation,
    _ continuation: UnsafeContinuation<Result<Outcome, ProposalError>, Never>
  ) {
    counts.proposals += 1
    let pending = Pending(operation, continuation, deadline: deadline)
    if operation.isChange { mayHoldChanges = true }
    if isDraining { return fail(pending, .notAccepted(NodeMessage.stopping)) }
    if let ailment { return fail(pending, .notAccepted(ailment)) }
    queue.append(pending)
  }

  /// Proposes or forwards what waits, as far as somebody leads.
  func submitProposals() {
    gatheringEnd = nil
    // Not by a copy of the core: the log in it would be copied when it is next appended to.
    let isLeader = node.core.role == .leader
    guard isLeader || node.core.leader != nil else { return }
    // A leader without others has answered one batch before it takes the next: they gather by themselves.
    if !isLeader || !node.core.peers.isEmpty {
      gatheringEnd = gathering.end(waiting: queue.count, underWay: underWay, now: .now)
    }
    if queue.isEmpty || gatheringEnd != nil { return }
    var waiting: [Pending] = []
    swap(&queue, &waiting)
    guard mayHoldChanges else { return submit(waiting) }
    mayHoldChanges = held.contains { $0.operation.isChange }
    var run: [Pending] = []
    for pending in waiting {
      guard pending.operation.isChange else {
        run.append(pending)
        continue
      }
      // A change of membership goes alone: it is refused for reasons of its own.
      submit(run)
      run.removeAll()
      submit([pending])
    }
    submit(run)
  }

  /// How many of this node's clients will be answered when what is on its way has been committed.
  private var underWay: Int {
    guard node.core.role == .leader else { return ownUnderWay }
    return min(ownUnderWay, Int(node.core.log.lastIndex - node.core.commitIndex))
  }

  private func submit(_ run: [Pending]) {
    if run.isEmpty { return }
    if node.core.role == .leader {
      switch propose(run) {
      case .proposed: break
      case .notNow:
        held += run
        mayHoldChanges = mayHoldChanges || run.contains { $0.operation.isChange }
      case .refused(let reason): for pending in run { fail(pending, .notAccepted(reason)) }
      }
    } else if let leader = node.core.leader {
      forward(run, to: Leadership(leader: leader, term: node.core.term))
    } else {
      queue += run
    }
  }

  /// Puts operations into the log: a run of commands, or one change of membership.
  private func propose(_ run: [Pending]) -> ForwardResult {
    do throws(Refusal) {
      if run.count == 1, run[0].operation.isChange { return try proposeChange(run[0]) }
      leadInTime()
      var proposals: [Proposal] = []
      proposals.reserveCapacity(run.count)
      var stamped: [Pending] = []
      stamped.reserveCapacity(run.count)
      var operations: [Operation] = []
      operations.reserveCapacity(run.count)
      for item in run {
        var operation = item.operation
        operation.stamp(by: time)
        var payload: [UInt8] = []
        payload.reserveCapacity(usualPayloadBytes)
        operation.encode(into: &payload)
        // One of another node's is counted in the answer, and was measured over there.
        if item.continuation != nil, refuseIfTooLarge(item, payload) { continue }
        usualPayloadBytes = min(payload.count + 16, 4096)
        operations.append(operation)
        stamped.append(item)
        proposals.append(
          Proposal(id: ProposalID(lastID + UInt64(stamped.count)), payload: payload))
      }
      let position = try node.propose(proposals)
      for (place, item) in stamped.enumerated() {
        item.stamped(as: operations[place])
        note(item, bytes: proposals[place].payload.count)
      }
      return .proposed(position)
    } catch {
      switch error {
      case .notLeader, .transferring, .tooMuchUncommitted, .changePending: return .notNow
      case .pointlessChange:
        return .refused("the member is one already, or is none, or is the last")
      case .notCaughtUp: return .refused("the member has not caught up yet")
      case .wouldLoseQuorum:
        return .refused("too few of the members there would be are reachable")
      case .stopped: return .refused("the node has stopped")
      }
    }
  }

  private func proposeChange(_ pending: Pending) throws(Refusal) -> ForwardResult {
    let change: MembershipChange
    var payload: [UInt8] = []
    switch pending.operation {
    case .add(let member):
      // The one place through which all additions come, one after the other: here the roster is up to
      // date once all that is committed has been applied, for no change is under way.
      guard store.appliedIndex == node.core.commitIndex else { return .notNow }
      if let reason = roster.objection(to: member) { return .refused(reason) }
      change = .addLearner(member.id)
      payload.append(member)
    case .remove(let id): change = .remove(id)
    case .command, .found, .describe: preconditionFailure("not a change of membership")
    }
    let position = try node.propose(change, payload: payload, id: ProposalID(lastID + 1))
    note(pending, bytes: payload.count)
    return .proposed(position)
  }

  /// Remembers something under the next number, by which it will be named again.
  private func note(_ item: Pending, bytes: Int) {
    lastID += 1
    pending[lastID] = item
    item.bytes = bytes
    pendingBytes += bytes
    item.grace = UInt64(pendingBytes / settings.slowestBytesPerTick)
    if item.continuation != nil { ownUnderWay += 1 }
  }

  private func forward(_ run: [Pending], to leadership: Leadership) {
    var operations: [[UInt8]] = []
    var bytes = 0
    func send() {
      if operations.isEmpty { return }
      let numbers = lastID + 1 - UInt64(operations.count)..<lastID + 1
      transport.write(to: leadership.leader, on: .bulk, forwarding: numbers) {
        $0.appendForward(first: numbers.lowerBound, operations)
      }
      operations.removeAll()
      bytes = 0
    }
    for item in run {
      var operation: [UInt8] = []
      item.operation.encode(into: &operation)
      if refuseIfTooLarge(item, operation) { continue }
      // All of them have to fit a request of their own.
      if bytes + operation.count > PeerLimits.requestBytes
        || operations.count == PeerLimits.forwardedOperations
      {
        send()
      }
      bytes += operation.count
      operations.append(operation)
      item.forwardedTo = leadership
      note(item, bytes: operation.count)
    }
    send()
  }

  /// What could not be sent to other members is refused, also while there are none: a member may come.
  private func refuseIfTooLarge(_ item: Pending, _ operation: [UInt8]) -> Bool {
    guard operation.count > settings.entryBytes else { return false }
    fail(
      item,
      .tooLarge(
        "the command takes \(operation.count) bytes in the log, "
          + "and may take \(settings.entryBytes)"))
    return true
  }

  // MARK: For others

  /// Another node asks this one, which it takes for the leader.
  func propose(_ operations: [Operation], from peer: NodeID, first: UInt64) {
    let run = operations.map { Pending($0, nil, deadline: deadline) }
    // At most one hop: what came from another node is not forwarded again.
    let result = node.core.role == .leader && !run.isEmpty ? propose(run) : .notNow
    // Before the entries themselves, and so on the same lane.
    transport.write(to: peer, on: .bulk) {
      $0.appendForwarded(first: first, count: operations.count, result)
    }
  }

  /// The leader says what became of what was forwarded.
  func settle(_ first: UInt64, _ count: Int, _ result: ForwardResult, from peer: NodeID) {
    for offset in 0..<UInt64(count) {
      guard let item = pending[first + offset], item.forwardedTo?.leader == peer else { continue }
      switch result {
      case .proposed(let position):
        item.forwardedTo = nil
        let own = LogPosition(index: position.index + offset, term: position.term)
        if !node.wait(for: own, id: ProposalID(first + offset)) {
          // It was overtaken by the entry itself, whose outcome nobody kept.
          fail(take(first + offset), .unknown("the write may have taken place; it is not repeated"))
        }
      case .notNow:
        if let item = take(first + offset) {
          item.forwardedTo = nil
          mayHoldChanges = mayHoldChanges || item.operation.isChange
          held.append(item)
        }
      case .refused(let reason): fail(take(first + offset), .notAccepted(reason))
      }
    }
  }
}

extension Operation {
  /// Whether it changes who takes part, and so is an entry of Raft's own.
  var isChange: Bool {
    switch self {
    case .add, .remove: true
    case .command, .found, .describe: false
    }
  }
}
