import RunSupport
import Store
import Testing

@testable import Raft

/// The members that a snapshot brings, and the changes behind it.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct SnapshotMembershipTests {
  private static let snapshot = SnapshotMetadata(
    position: LogPosition(index: LogIndex(10), term: Term(1)), membership: members(4))

  private static func members(_ count: UInt64) -> Membership {
    Membership(voters: (1...count).map { NodeID($0) })
  }

  /// Node 3 of what were three members. A fourth was added somewhere before the snapshot's end,
  /// which no longer says where.
  private static func installed() -> (core: RaftCore, effects: Effects) {
    var core = RaftCore(id: NodeID(3), restored: .empty(members: members(3)))
    core.step(message(.installSnapshot(snapshot, round: 1)))
    let effects = core.takeEffects()
    core.persisted(through: effects.batch)
    return (core, effects)
  }

  private static func message(_ content: Message.Content, from: UInt64 = 1) -> Message {
    Message(from: NodeID(from), to: NodeID(3), term: Term(1), content: content)
  }

  /// Has it take in an entry from the leader, without the word that it is committed.
  private static func append(_ kind: Entry.Kind, to core: inout RaftCore) {
    let previous = core.log.lastPosition
    let entry = Entry(index: previous.index + 1, term: Term(1), kind: kind, payload: [])
    let append = AppendEntries(
      previous: previous, entries: [entry], commitIndex: core.commitIndex, round: 1)
    core.step(message(.appendEntries(append)))
    core.persisted(through: core.takeEffects().batch)
  }

  /// What it has to write when it hears that its whole log is committed.
  private static func hardState(atCommitOf core: inout RaftCore) -> HardState? {
    core.step(message(.heartbeat(Heartbeat(commit: core.log.lastPosition, round: 1))))
    let effects = core.takeEffects()
    core.persisted(through: effects.batch)
    return effects.hardState
  }

  @Test func `they are in force as soon as it is installed, and on the disk with it`() {
    let (core, effects) = Self.installed()
    #expect(effects.snapshot == Self.snapshot)
    #expect(effects.hardState?.commitIndex == LogIndex(10))
    #expect(core.membership == Self.members(4) && core.commitIndex == LogIndex(10))
  }

  /// Only a commit that brings another membership into force is worth a sync of its own, and what
  /// the snapshot brought was written with it.
  @Test func `of the commits behind it only that of a change is written`() {
    var core = Self.installed().core
    Self.append(.command, to: &core)
    #expect(Self.hardState(atCommitOf: &core) == nil)
    Self.append(.membership(Self.members(5)), to: &core)
    #expect(Self.hardState(atCommitOf: &core)?.commitIndex == LogIndex(12))
    Self.append(.command, to: &core)
    #expect(Self.hardState(atCommitOf: &core) == nil)
    #expect(core.membership == Self.members(5))
  }

  /// The first entry behind the snapshot is the nearest that a change can be.
  @Test func `a change right behind it has the ballots counted again`() {
    var core = Self.installed().core
    Self.append(.membership(Self.members(3)), to: &core)
    let commit = core.log.lastPosition
    while core.role == .follower { core.tick() }
    func answer(_ granted: Bool, by voter: UInt64, _ commit: LogPosition = .zero) {
      var reply = Self.message(.preVoteReply(granted: granted, commit: commit), from: voter)
      if granted { reply.term = core.term + 1 }
      core.step(reply)
    }
    // Of four voters three must grant it, and this node is one.
    answer(true, by: 4)
    #expect(core.role == .preCandidate)
    // Node 4 is none any more: of three voters one has granted it.
    answer(false, by: 2, commit)
    #expect(core.membership == Self.members(3))
    #expect(core.role == .preCandidate)
    answer(true, by: 1)
    #expect(core.role == .candidate)
  }
}
