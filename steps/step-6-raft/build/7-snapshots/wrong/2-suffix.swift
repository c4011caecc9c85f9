// It forgets its log whenever a snapshot comes, and with it what it has acknowledged.
// says: invariant 3: a log that holds the snapshot's position is kept, with all that is behind it
// says: expected: the log holds 0/0...4/3, commit 2
// says: seen:     the log holds 2/1...2/1, commit 2
mutating func receive(_ snapshot: SnapshotMetadata, round: UInt64, from leader: NodeID) {
  let position = snapshot.position
  if position.index <= commitIndex {
    return send(acceptance(commitIndex, round: round), to: leader)
  }
  install(snapshot)
  send(acceptance(position.index, round: round), to: leader)
}
