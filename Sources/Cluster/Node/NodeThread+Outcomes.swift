import Raft
import Store

// What becomes of what was proposed or forwarded: whoever waits is told once, and nothing but the truth.

extension NodeThread {
  func take(_ id: UInt64) -> Pending? {
    let item = pending.removeValue(forKey: id)
    if item?.continuation != nil { ownUnderWay -= 1 }
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
    let deadline = now + 1
    for item in pending.values where item.forwardedTo != nil && item.forwardedTo != leadership {
      item.deadline = min(item.deadline, deadline)
    }
    queue += held
    held.removeAll()
  }

  /// Answers those who have waited long enough.
  func giveUpLate() {
    for (id, item) in pending where item.deadline < now {
      let hasNewLeader = item.forwardedTo.map { $0 != leadership } ?? false
      fail(
        take(id),
        .unknown(
          hasNewLeader
            ? "the leader changed; the write may have taken place"
            : "no majority answered in time; the write may yet take place"))
    }
    let reason = node.core.leader == nil ? "there is no leader" : ailment ?? "this node is behind"
    for item in queue where item.deadline < now { fail(item, .notAccepted(reason)) }
    queue.removeAll { $0.deadline < now }
    for read in reads.takeLate(now) { answers.add(read, .notAccepted(reason)) }
  }

  func refuseAll(_ reason: String) {
    for item in queue + held { fail(item, .notAccepted(reason)) }
    for item in pending.values { fail(item, .unknown("\(reason); the write may yet take place")) }
    for read in reads.takeAll() { answers.add(read, .notAccepted(reason)) }
    queue.removeAll()
    held.removeAll()
    pending.removeAll()
    ownUnderWay = 0
  }
}
