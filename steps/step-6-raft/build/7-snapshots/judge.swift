import Store

@testable import Raft

private func snapshot(_ index: UInt64, _ term: UInt64, voters: [UInt64] = [1, 2, 3])
  -> SnapshotMetadata
{
  SnapshotMetadata(
    position: LogPosition(index: LogIndex(index), term: Term(term)),
    membership: Membership(voters: voters.map { NodeID($0) }))
}

/// A follower of term 4 with these terms in its log, which is sent a snapshot by n2.
private func follower(
  _ terms: [UInt64], commit: UInt64 = 0, takes snapshot: SnapshotMetadata
) -> (core: RaftCore, effects: Effects) {
  let have = terms.map { "\($0)" }.joined(separator: " ")
  trying("the log's terms are \(have), commit \(commit); a snapshot of \(snapshot.position)")
  var core = Subject(of: 3, term: 4, terms: terms, commit: commit).core
  core.step(
    Message(
      from: NodeID(2), to: NodeID(1), term: Term(4),
      content: .installSnapshot(snapshot, round: 1)))
  let effects = core.takeEffects()
  return (core, effects)
}

private func log(_ core: RaftCore) -> String {
  "the log holds \(core.log.base)...\(core.log.lastPosition), commit \(core.commitIndex)"
}

private func told(_ effects: Effects) -> String {
  let what = effects.snapshot.map { "the snapshot \($0.position)" } ?? "no snapshot"
  return "\(what) is handed out; said: \(said(effects.messages + effects.messagesAfterPersisting))"
}

func judge() async throws {
  invariant(1, "a snapshot that goes beyond the log takes its place") {
    let (core, effects) = follower([1, 1], takes: snapshot(7, 3))
    check("the log's terms are 1 1; a snapshot of 7/3", is: "the log holds 7/3...7/3, commit 7") {
      log(core)
    }
    check("what is to be done", is: "the snapshot 7/3 is handed out; said: to n2 accepted up to 7")
    {
      told(effects)
    }
    check("the acknowledgement waits for the disk", is: "nothing at once") {
      said(effects.messages) + " at once"
    }
  }
  invariant(2, "the snapshot's membership is in force") {
    check("a snapshot with the voters n1, n2 and n5", is: "voters n1 n2 n5") {
      words(follower([1], takes: snapshot(7, 3, voters: [1, 2, 5])).core.membership)
    }
  }
  invariant(3, "a log that holds the snapshot's position is kept, with all that is behind it") {
    let (core, effects) = follower([1, 1, 3, 3], takes: snapshot(2, 1))
    check("the log's terms are 1 1 3 3; a snapshot of 2/1", is: "the log holds 0/0...4/3, commit 2")
    {
      log(core)
    }
    check("what is to be done", is: "no snapshot is handed out; said: to n2 accepted up to 2") {
      told(effects)
    }
  }
  invariant(4, "a log that contradicts it is forgotten") {
    check("the log's terms are 1 1 2 2; a snapshot of 3/3", is: "the log holds 3/3...3/3, commit 3")
    {
      log(follower([1, 1, 2, 2], takes: snapshot(3, 3)).core)
    }
  }
  invariant(5, "one that comes late changes nothing, and the node says where it stands") {
    let (core, effects) = follower([1, 1, 3], commit: 3, takes: snapshot(2, 1))
    check(
      "the log's terms are 1 1 3, commit 3; a snapshot of 2/1",
      is: "the log holds 0/0...3/3, commit 3"
    ) {
      log(core)
    }
    check("what is to be done", is: "no snapshot is handed out; said: to n2 accepted up to 3") {
      told(effects)
    }
  }
  invariant(6, "what the disk had of the log counts no more, until it has the snapshot") {
    var (core, effects) = follower([1, 1, 2, 2], takes: snapshot(3, 3))
    check("the log's terms are 1 1 2 2, all durable; a snapshot of 3/3", is: "durable up to 0") {
      "durable up to \(core.persistence.durableIndex)"
    }
    core.persisted(through: effects.batch)
    check("and the disk finishes", is: "durable up to 3") {
      "durable up to \(core.persistence.durableIndex)"
    }
  }
  invariant(7, "the state machine is not told of entries that the snapshot contains") {
    check("the log's terms are 1 1 2 2, and the commit after a snapshot of 3/3 is 4", is: "4/4") {
      var (core, _) = follower([1, 1, 2, 2], takes: snapshot(3, 3))
      core.step(
        Message(
          from: NodeID(2), to: NodeID(1), term: Term(4),
          content: append(after: 3, term: 3, Subject.entries([4], after: 3), commit: 4)))
      return core.takeEffects().committed.map { "\($0.position)" }.joined(separator: " ")
    }
  }
  invariant(8, "compaction drops what a snapshot covers, but for the last few entries before it") {
    for (index, kept, expected) in [
      (UInt64(4), UInt64(0), "4/2...5/2, gives back 5"), (4, 1, "3/1...5/2, gives back 5"),
      (4, 3, "1/1...5/2, gives back 5"), (4, 4, "0/0...5/2, gives back 0"),
      (4, 9, "0/0...5/2, gives back 0"),
    ] {
      check("the log's terms are 1 1 1 2 2; a snapshot at \(index), keeping \(kept)", is: expected)
      {
        var log = RaftLog(snapshot: snapshot(0, 0), entries: Subject.entries([1, 1, 1, 2, 2]))
        let old = log.compact(behind: snapshot(index, index < 4 ? 1 : 2), keeping: kept)
        return "\(log.base)...\(log.lastPosition), gives back \(old.count)"
      }
    }
    check("an older snapshot comes after a newer one", is: "4/2, the newest is 4/2") {
      var log = RaftLog(snapshot: snapshot(0, 0), entries: Subject.entries([1, 1, 1, 2, 2]))
      _ = log.compact(behind: snapshot(4, 2), keeping: 0)
      _ = log.compact(behind: snapshot(2, 1), keeping: 0)
      return "\(log.base), the newest is \(log.snapshot.position)"
    }
    check("the log was dropped up to 4, and a snapshot of 2/1 comes", is: "4/2, the newest is 2/1")
    {
      var log = RaftLog(snapshot: snapshot(0, 0), entries: Subject.entries([1, 1, 1, 2, 2]))
      _ = log.drop(through: LogIndex(4), keeping: 0)
      _ = log.compact(behind: snapshot(2, 1), keeping: 0)
      return "\(log.base), the newest is \(log.snapshot.position)"
    }
  }
  invariant(9, "the scripts run as they are written") {
    try script("snapshot_keeps_matching_suffix")
    try script("stale_snapshot_ignored")
    try script("snapshot_crash_during_install")
    try script("slow_follower_after_compaction")
    try script("two_snapshots_in_a_row")
  }
}
