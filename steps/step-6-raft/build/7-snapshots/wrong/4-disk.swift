// It takes the old log on the disk for the new one, and looks for entries that are gone.
// says: is broken: invariant 1
// says: input:    the log's terms are 1 1, commit 0; a snapshot of 7/3
// says: seen:     the code stops the program
private mutating func install(_ snapshot: SnapshotMetadata) {
  log = RaftLog(snapshot: snapshot, entries: [])
  membership = snapshot.membership
  commitIndex = snapshot.position.index
  membershipIndex = commitIndex
  effects.snapshot = snapshot
  handedToApply = commitIndex
}
