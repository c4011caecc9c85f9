// It takes the old log on the disk for the new one.
// says: invariant 6: what the disk had of the log counts no more, until it has the snapshot
// says: expected: durable up to 0
// says: seen:     durable up to 4
private mutating func install(_ snapshot: SnapshotMetadata) {
  log = RaftLog(snapshot: snapshot, entries: [])
  membership = snapshot.membership
  commitIndex = snapshot.position.index
  membershipIndex = commitIndex
  effects.snapshot = snapshot
  handedToApply = commitIndex
}
