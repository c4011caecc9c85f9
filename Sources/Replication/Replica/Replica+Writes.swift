import Raft
import Store

// Writes. A leader proposes them; a follower forwards them, one hop, and answers only after it has
// itself applied them, so that a client which was answered here reads here what it wrote.
//
//   client ──► arrived ──► leader? propose ─────────────────────────────► its entry is applied here
//                 ▲           else forward ──► position in the log ─────►        │
//                 └── refused for now, or another entry took its place          ▼
//                                                                        the command's own outcome

extension Replica {
  func accept(_ operation: Operation, _ reply: WriteReply) {
    counts.proposals += 1
    let write = PendingWrite(operation, reply, deadline: deadline)
    if draining != nil { return fail(write, .notAccepted(ReplicaInput.stopping)) }
    if let unavailableReason { return fail(write, .notAccepted(unavailableReason)) }
    writes.add(write)
  }

  /// Proposes something of the node's own, for which no client waits.
  func propose(_ operation: Operation) {
    writes.add(PendingWrite(operation, nil, deadline: deadline))
    isDueAgain = true
  }

  /// Proposes or forwards the writes that are to go now, if there is a leader.
  func submitWrites() {
    guard isLeader || node.core.leader != nil else { return writes.stopGathering() }
    // A leader without others has answered one batch before it takes the next: writes gather by
    // themselves.
    let gathers = !isLeader || !node.core.peers.isEmpty
    let runs = writes.takeRuns(
      answersExpected: answersExpected, now: gathers ? host.now : nil)
    for run in runs { submit(run) }
  }

  /// How many of this node's clients will be answered when what is on its way is committed.
  private var answersExpected: Int {
    guard isLeader else { return writes.underWay.ownCount }
    return min(
      writes.underWay.ownCount, Int(node.core.log.lastIndex - node.core.commitIndex))
  }

  private func submit(_ run: [PendingWrite]) {
    var run = run
    if isLeader {
      switch propose(&run) {
      case .proposed: break
      case .notNow: writes.hold(run)
      case .refused(let reason): for write in run { fail(write, .notAccepted(reason)) }
      }
    } else if let leader = node.core.leader {
      forward(run, to: LeaderTerm(leader: leader, term: node.core.term))
    } else {
      for write in run { writes.add(write) }
    }
  }

  /// Puts operations into the log: a run of commands, or one change of membership.
  ///
  /// - Parameter run: is left without those that were refused, and answered, one by one.
  private func propose(_ run: inout [PendingWrite]) -> ForwardResult {
    do throws(Refusal) {
      if run.count == 1, run[0].operation.isChange { return try proposeChange(run[0]) }
      leadInTime()
      var proposals: [Proposal] = []
      proposals.reserveCapacity(run.count)
      var stamped: [PendingWrite] = []
      stamped.reserveCapacity(run.count)
      var operations: [Operation] = []
      operations.reserveCapacity(run.count)
      for write in run {
        var operation = write.operation
        operation.stamp(by: time)
        var payload: [UInt8] = []
        payload.reserveCapacity(usualPayloadBytes)
        operation.encode(into: &payload)
        if let reason = objection(to: payload) {
          // What another member forwarded together is answered together.
          guard write.reply != nil else { return .refused(reason) }
          fail(write, .tooLarge(reason))
          continue
        }
        usualPayloadBytes = min(payload.count + 16, 4096)
        operations.append(operation)
        stamped.append(write)
        let number = writes.underWay.lastNumber + UInt64(stamped.count)
        proposals.append(Proposal(id: ProposalID(number), payload: payload))
      }
      run = stamped
      let position = try node.propose(proposals)
      for (place, write) in stamped.enumerated() {
        write.stamped = operations[place]
        writes.number(write, bytes: proposals[place].payload.count)
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

  private func proposeChange(_ write: PendingWrite) throws(Refusal) -> ForwardResult {
    let change: MembershipChange
    var payload: [UInt8] = []
    switch write.operation {
    case .add(let member):
      // The one place through which all additions come, one after the other: here the roster is up
      // to date once all that is committed has been applied, for no change is under way.
      guard store.appliedIndex == node.core.commitIndex else { return .notNow }
      if let reason = roster.objection(to: member) { return .refused(reason) }
      change = .addLearner(member.id)
      payload.append(member)
    case .remove(let id): change = .remove(id)
    case .command, .bootstrap, .describe: preconditionFailure("not a change of membership")
    }
    let id = ProposalID(writes.underWay.lastNumber + 1)
    let position = try node.propose(change, payload: payload, id: id)
    writes.number(write, bytes: payload.count)
    return .proposed(position)
  }

  private func forward(_ run: [PendingWrite], to leader: LeaderTerm) {
    var operations: [[UInt8]] = []
    var bytes = 0
    func send() {
      if operations.isEmpty { return }
      let end = writes.underWay.lastNumber + 1
      let numbers = end - UInt64(operations.count)..<end
      write(to: leader.leader, on: .bulk, forwarding: numbers) {
        $0.appendForward(first: numbers.lowerBound, operations)
      }
      operations.removeAll()
      bytes = 0
    }
    for write in run {
      var operation: [UInt8] = []
      write.operation.encode(into: &operation)
      if let reason = objection(to: operation) {
        fail(write, .tooLarge(reason))
        continue
      }
      // All of them have to fit a request of their own.
      if bytes + operation.count > PeerLimits.requestBytes
        || operations.count == PeerLimits.forwardedOperations
      {
        send()
      }
      bytes += operation.count
      operations.append(operation)
      write.forwardedTo = leader
      writes.number(write, bytes: operation.count)
    }
    send()
  }

  /// Why an operation that could not be sent to other members is refused, also while there are
  /// none: a member may come.
  private func objection(to operation: [UInt8]) -> String? {
    guard operation.count > settings.entryBytes else { return nil }
    return "the command takes \(operation.count) bytes in the log, and may take "
      + "\(settings.entryBytes)"
  }

  // MARK: Other members' writes

  /// Another node, which takes this one for the leader, forwards operations.
  func propose(_ operations: [Operation], from peer: NodeID, first: UInt64) {
    var run = operations.map { PendingWrite($0, nil, deadline: deadline) }
    // At most one hop: what came from another node is not forwarded again.
    let result = isLeader && !run.isEmpty ? propose(&run) : .notNow
    // Before the entries themselves, and so on the same lane.
    write(to: peer, on: .bulk) {
      $0.appendForwarded(first: first, count: operations.count, result)
    }
  }

  /// The leader says what became of operations that this node forwarded.
  func settle(_ first: UInt64, _ count: Int, _ result: ForwardResult, from peer: NodeID) {
    for number in writes.underWay.numbers(in: first..<first + UInt64(count)) {
      guard let write = writes.underWay[number], write.forwardedTo?.leader == peer else { continue }
      switch result {
      case .proposed(let position):
        write.forwardedTo = nil
        let own = LogPosition(index: position.index + (number - first), term: position.term)
        if !node.wait(for: own, id: ProposalID(number)) {
          // Its entry was applied before this came, and the outcome was not kept.
          fail(
            writes.take(number), .unknown("the write may have taken place; it is not repeated"))
        }
      case .notNow:
        write.forwardedTo = nil
        if let write = writes.take(number) { writes.hold([write]) }
      case .refused(let reason): fail(writes.take(number), .notAccepted(reason))
      }
    }
  }

  // MARK: Answers

  func fail(_ write: PendingWrite?, _ error: ProposalError) {
    guard let write else { return }
    // Another node counts what it has forwarded.
    if write.reply != nil { counts.failedProposals += 1 }
    answers.add(write, .failure(error))
  }

  /// Another entry is where this one would have been: it never took place, and may be tried again.
  func retry(_ number: UInt64) {
    guard let write = writes.take(number), write.reply != nil else { return }
    write.stamped = nil
    write.forwardedTo = nil
    writes.add(write)
    isDueAgain = true
  }

  /// Answers the clients that have waited long enough.
  func giveUpLate() {
    let hasLeader = node.core.leader != nil
    let reason = hasLeader ? unavailableReason : "there is no leader"
    for (write, error) in writes.takeLate(at: now, hasLeader: hasLeader, reason: reason) {
      fail(write, error)
    }
    for read in reads.takeLate(at: now) {
      answers.add(read, .notAccepted(reason ?? "this node is behind"))
    }
  }

  /// Answers all clients.
  func refuseAll(_ reason: String) {
    for (write, error) in writes.takeAll(because: reason) { fail(write, error) }
    for read in reads.takeAll() + start.takeAll() { answers.add(read, .notAccepted(reason)) }
  }
}

extension Operation {
  /// Whether it changes who takes part, and so is an entry of Raft's own.
  var isChange: Bool {
    switch self {
    case .add, .remove: true
    case .command, .bootstrap, .describe: false
    }
  }
}
