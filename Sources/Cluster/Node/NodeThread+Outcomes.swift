import Raft
import Store

// What becomes of what was proposed or forwarded: whoever waits is told once, and nothing but the truth.

extension NodeThread {
  func take(_ id: UInt64) -> Pending? {
    let item = pending.removeValue(forKey: id)
    if item?.continuation != nil { ownUnderWay -= 1 }
    if let item { pendingBytes -= item.bytes }
    return item
  }

  func fail(_ pending: Pending?, _ error: ProposalError) {
    guard let pending else { return }
    counts.failedProposals += 1
    answers.add(pending, .failure(error))
  }

  /// Another entry is where this one would have been: it never took place, and may be tried again.
  func retry(_ id: UInt64) {
    guard let item = take(id), item.continuation != nil else { return }
    item.forwardedTo = nil
    if item.operation.isChange { mayHoldChanges = true }
    queue.append(item)
  }

  /// Another node leads. What the one before did with what it was sent may still be told, by itself or
  /// by the link to it, but only just now.
  func hastenForwarded() {
    for item in pending.values where item.forwardedTo != nil && item.forwardedTo != leadership {
      item.lastCall = item.lastCall ?? now + 1
    }
    queue += held
    held.removeAll()
  }

  /// Answers those who have waited long enough.
  func giveUpLate() {
    let hasLeader = node.core.leader != nil
    for (id, item) in pending {
      if let lastCall = item.lastCall, lastCall < now {
        fail(take(id), .unknown("the leader changed; the write may have taken place"))
      } else if item.deadline + (hasLeader ? item.grace : 0) < now {
        fail(take(id), .unknown("no majority answered in time; the write may yet take place"))
      }
    }
    let ailment = hasLeader ? ailment : "there is no leader"
    for item in queue where item.deadline < now {
      fail(item, .notAccepted(ailment ?? "the leader takes no more writes for now"))
    }
    queue.removeAll { $0.deadline < now }
    let reason = ailment ?? "this node is behind"
    for read in reads.takeLate(now) { answers.add(read, .notAccepted(reason)) }
  }

  func refuseAll(_ reason: String) {
    for item in queue + held { fail(item, .notAccepted(reason)) }
    for item in pending.values { fail(item, .unknown("\(reason); the write may yet take place")) }
    for read in reads.takeAll() + waitingForStart { answers.add(read, .notAccepted(reason)) }
    waitingForStart.removeAll()
    queue.removeAll()
    held.removeAll()
    pending.removeAll()
    ownUnderWay = 0
    pendingBytes = 0
  }
}
