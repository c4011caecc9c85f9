// It forgets who takes part.
// says: invariant 2: the snapshot's membership is in force
// says: expected: voters n1 n2 n5
// says: seen:     voters n1 n2 n3
private mutating func install(_ snapshot: SnapshotMetadata) {
  log = RaftLog(snapshot: snapshot, entries: [])
  persistence.replaced(by: snapshot.position)
  commitIndex = snapshot.position.index
  effects.snapshot = snapshot
  handedToApply = commitIndex
}
