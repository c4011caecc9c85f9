import Store

// The same situation with other names: nodes have ids, and nothing in Raft depends on which is
// whose, but that of several equally good successors the first is asked. A search that knows this
// looks at one of up to n! situations that differ in names only.

/// Other names for the nodes n1 to n*k*; ids beyond those keep theirs.
package struct Renaming: Sendable {
  /// The new id of n1, n2, and so on.
  private let names: [NodeID]

  package init(_ names: [NodeID]) { self.names = names }

  /// The node's new id.
  package func callAsFunction(_ node: NodeID) -> NodeID {
    let place = Int(node.rawValue) - 1
    return names.indices.contains(place) ? names[place] : node
  }

  /// The membership with all ids renamed.
  package func callAsFunction(_ membership: Membership) -> Membership {
    Membership(
      voters: membership.voters.map { self($0) }, learners: membership.learners.map { self($0) })
  }

  /// The entry, renamed if it holds a membership.
  package func callAsFunction(_ entry: Entry) -> Entry {
    guard case .membership(let membership) = entry.kind else { return entry }
    var entry = entry
    entry.kind = .membership(self(membership))
    return entry
  }

  /// The snapshot with its membership renamed.
  package func callAsFunction(_ snapshot: SnapshotMetadata) -> SnapshotMetadata {
    SnapshotMetadata(position: snapshot.position, membership: self(snapshot.membership))
  }

  /// The message with every id in it renamed.
  package func callAsFunction(_ message: Message) -> Message {
    var message = message
    message.from = self(message.from)
    message.to = self(message.to)
    switch message.content {
    case .appendEntries(var append):
      append.entries = append.entries.map { self($0) }
      message.content = .appendEntries(append)
    case .installSnapshot(let snapshot, let round):
      message.content = .installSnapshot(self(snapshot), round: round)
    case .preVote, .preVoteReply, .requestVote, .voteReply, .appendReply, .heartbeat,
      .heartbeatReply, .timeoutNow, .lossNotice:
      break
    }
    return message
  }
}

extension RaftCore {
  /// This core as it would be if the nodes had other names. Its effects must have been taken, and
  /// its log must be whole: nothing compacted.
  package func renamed(_ renaming: Renaming) -> RaftCore {
    precondition(log.base == log.snapshot.position, "a compacted log cannot be renamed")
    var core = self
    core.id = renaming(id)
    core.persistence.rename(renaming)
    core.vote = vote.map { renaming($0) }
    core.leader = leader.map { renaming($0) }
    core.membership = renaming(membership)
    core.log = RaftLog(
      snapshot: renaming(log.snapshot),
      entries: log.entries(after: log.base.index, through: log.lastIndex).map { renaming($0) })
    core.candidacy?.rename(renaming)
    core.leadership?.rename(renaming)
    return core
  }
}
