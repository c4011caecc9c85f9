import Store

@testable import Raft

private func told(_ reads: [ConfirmedRead]) -> String {
  reads.isEmpty
    ? "none" : reads.map { "read \($0.id.rawValue) at \($0.index)" }.joined(separator: ", ")
}

/// A leader of three in term 1, whose first entry is committed if n2 has it.
private func leader(hasCommitted: Bool = true) -> RaftCore {
  var subject = Subject(of: 3)
  subject.becomeLeader()
  if hasCommitted { subject.acknowledge(1, by: 2) }
  return subject.core
}

private func heard(_ round: UInt64, by node: UInt64, of core: RaftCore) -> Message {
  Message(
    from: NodeID(node), to: core.id, term: core.term, content: .heartbeatReply(round: round))
}

private func beats(_ effects: Effects) -> [UInt64] {
  effects.messages.compactMap { message in
    if case .heartbeat(let heartbeat) = message.content { heartbeat.round } else { nil }
  }
}

func judge() async throws {
  invariant(1, "the queue makes all that have arrived part of a round, and confirms up to a round")
  {
    var queue = ReadQueue()
    queue.arrived = [ReadID(1), ReadID(2)]
    queue.begin(3, at: LogIndex(7))
    queue.arrived = [ReadID(5)]
    queue.begin(4, at: LogIndex(8))
    check("1 and 2 in round 3 at 7, 5 in round 4 at 8; round 2 is answered", is: "none") {
      told(queue.confirm(through: 2))
    }
    check("round 3 is answered", is: "read 1 at 7, read 2 at 7") { told(queue.confirm(through: 3)) }
    check("round 9 is answered", is: "read 5 at 8") { told(queue.confirm(through: 9)) }
    check("round 9 is answered again", is: "none") { told(queue.confirm(through: 9)) }
  }
  invariant(2, "a heartbeat goes to every other member, in a round of its own") {
    var core = leader()
    _ = core.takeEffects()
    core.leadership?.heartbeatElapsed = 1
    let before = core.round
    check("a heartbeat is due", is: "\(before + 1) to n2, \(before + 1) to n3") {
      core.broadcastHeartbeat()
      let messages = core.takeEffects().messages
      return messages.compactMap { message in
        if case .heartbeat(let heartbeat) = message.content {
          "\(heartbeat.round) to \(message.to)"
        } else {
          nil
        }
      }.joined(separator: ", ")
    }
    check("and the next is due a heartbeat interval later", is: "0 ticks") {
      counted(core.leadership?.heartbeatElapsed ?? -1, "tick")
    }
  }
  invariant(3, "a read is confirmed once a majority has answered a round that began after it") {
    var core = leader()
    _ = core.takeEffects()
    try core.read(ReadID(1))
    let first = core.takeEffects()
    check("one read, nothing answered", is: "none") { told(first.confirmedReads) }
    guard let round = beats(first).first else {
      broken("a heartbeat, so that the read can be confirmed", "no heartbeat is sent")
    }
    core.step(heard(round - 1, by: 2, of: core))
    check("n2 answers the round before", is: "none") { told(core.takeEffects().confirmedReads) }
    core.step(heard(round, by: 2, of: core))
    check("n2 answers this round", is: "read 1 at 1") { told(core.takeEffects().confirmedReads) }
  }
  invariant(4, "reads that come while a round is under way share the next one") {
    var core = leader()
    _ = core.takeEffects()
    try core.read(ReadID(1))
    guard let round = beats(core.takeEffects()).first else {
      broken("a heartbeat, so that the read can be confirmed", "no heartbeat is sent")
    }
    try core.read(ReadID(2))
    try core.read(ReadID(3))
    check("reads 2 and 3 arrive in the round of read 1", is: "[]") {
      "\(beats(core.takeEffects()))"
    }
    core.step(heard(round, by: 3, of: core))
    let effects = core.takeEffects()
    check("that round is answered", is: "read 1 at 1") { told(effects.confirmedReads) }
    check("and one more round begins", is: "[\(round + 1), \(round + 1)]") { "\(beats(effects))" }
    core.step(heard(round + 1, by: 3, of: core))
    check("which is answered", is: "read 2 at 1, read 3 at 1") {
      told(core.takeEffects().confirmedReads)
    }
  }
  invariant(5, "a leader that has committed nothing in its term lets reads wait") {
    var core = leader(hasCommitted: false)
    _ = core.takeEffects()
    try core.read(ReadID(1))
    core.broadcastHeartbeat()
    let effects = core.takeEffects()
    for round in Set(beats(effects)) { core.step(heard(round, by: 2, of: core)) }
    check("its first entry is not committed, and n2 answers all", is: "none") {
      told(effects.confirmedReads + core.takeEffects().confirmedReads)
    }
  }
  invariant(6, "a lone voter needs no answer") {
    var subject = Subject(of: 1)
    subject.run { $0.becomeCandidate(isTransfer: false) }
    var core = subject.core
    try core.read(ReadID(1))
    check("one of one", is: "read 1 at 1") { told(core.takeEffects().confirmedReads) }
  }
  invariant(7, "the scripts run as they are written") {
    try script("batched_reads_one_round")
    try script("partitioned_leader_read_blocks")
    try script("readindex_waits_for_term_commit")
    try script("duplicate_late_heartbeat_ack_confirms_nothing")
    try script("single_node_reads_need_no_round")
    try script("reads_at_a_follower_are_refused")
  }
}
