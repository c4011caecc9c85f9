import Raft
import Store

// The end of the chaos: all faults are over, and the cluster has to come to rest in bounded time.
// What was under way is finished, and whatever may be asked is asked once more and answered.

extension Schedule {
  /// What must have been answered before a schedule may end, beside what the members owe each
  /// other.
  enum Request: CaseIterable {
    case read
    case write
  }

  func advancePhase() {
    if phase == .chaos {
      if eventCount >= options.chaosEvents, now >= deeds.end { beginRecovery() }
    } else if eventCount % 16 == 0 {
      let open = unanswered
      if open.isEmpty, hasHandedOver { return end() }
      let timeouts = (now - recoveryBegan) / (Instant(options.raft.electionTicks) * options.tick)
      if timeouts > 150 {
        let what = open.isEmpty ? ["no transfer of leadership succeeds"] : open
        referee.fail(
          .liveness,
          "\(timeouts) election timeouts after the last fault: \(what.joined(separator: ", "))")
      }
    }
  }

  /// A minority may be gone for good. Not where the membership changes: with one voter less than
  /// they know of, the others might then lack a majority, and rightly wait.
  private func loseSome() {
    guard options.weights[.addNode] == nil, deeds.list.isEmpty, random.faults.chance(300) else {
      return
    }
    let voters = hosts.count
    for _ in 0..<random.faults.between(0, voters - (voters / 2 + 1)) {
      let host = random.faults.next(below: voters)
      crash(host, for: 0)
      hosts[host].isLost = true
      tell(host, "is gone for good")
    }
  }

  /// All other faults end, for good.
  private func beginRecovery() {
    phase = .recovery
    recoveryBegan = now
    loseSome()
    for place in cutUntil.indices { cutUntil[place] = 0 }
    slow = nil
    linkDelays = []
    for host in hosts.indices {
      hosts[host].diskFullUntil = 0
      hosts[host].diskSlowUntil = 0
      hosts[host].diskStuckUntil = 0
      restart(host)
      resume(host)
    }
    for client in clients.indices {
      clients[client].unanswered = Request.allCases
      if clients[client].waitingFor == nil {
        queue.schedule(.clientActs(client: Int16(client)), at: now + 1)
      }
    }
    tellAll("All faults end.")
  }

  /// What is still to be done before the cluster is at rest, in words: every client has been
  /// answered a read and a write, no node holds on to a read, all members have applied the same,
  /// and those that were taken in have their vote.
  private var unanswered: [String] {
    var open: [String] = []
    for client in clients.indices {
      for request in clients[client].unanswered {
        open.append("client \(client) is not answered a \(request)")
      }
    }
    let members = referee.currentMembers
    for host in hosts where host.isUp && !host.isLost {
      if let read = host.reads.first {
        open.append("\(host.id) neither answers nor gives up the read \(read.rawValue)")
      }
      guard members.contains(host.id) else { continue }
      if host.applied != referee.lastCommitted || host.node.core.commitIndex != host.applied {
        open.append("\(host.id) has applied \(host.applied) of \(referee.lastCommitted)")
      }
      if members.isLearner(host.id) { open.append("\(host.id) is still a learner") }
    }
    return open
  }

  /// Whether leadership went where an operator wanted it, once all was at rest. The operator asks,
  /// and asks again after two election timeouts.
  private var hasHandedOver: Bool {
    if let successor, hosts[successor].node.core.role == .leader { return true }
    guard let leader, now >= nextTransfer else { return false }
    let members = referee.currentMembers
    let others = (1..<hosts.count).map { (leader + $0) % hosts.count }
    successor = others.first { hosts[$0].isUp && members.isVoter(hosts[$0].id) }
    guard let successor else { return true }
    nextTransfer = now + 2 * Instant(options.raft.electionTicks) * options.tick
    tell(leader, "is asked to hand over to \(hosts[successor].id)")
    transfer(from: leader, to: successor)
    return false
  }

  private func end() {
    phase = .done
    if let key = LinearizabilityChecker.violation(in: operations, keyCount: options.keyCount) {
      referee.fail(.linearizable, "what clients saw of key \(key) could not have happened")
    }
  }
}
