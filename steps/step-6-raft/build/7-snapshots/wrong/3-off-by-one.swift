// It drops one entry more than it may.
// says: invariant 8: compaction drops what a snapshot covers
// says: expected: 4/2...5/2, gives back 5
mutating func compact(behind snapshot: SnapshotMetadata, keeping kept: UInt64) -> [Entry] {
  guard snapshot.position.index > self.snapshot.position.index else { return [] }
  self.snapshot = snapshot
  let distance = snapshot.position.index - base.index
  guard distance > kept else { return [] }
  let old = entries
  base = old[Int(distance - kept)].position
  entries = Array(old[(Int(distance - kept) + 1)...])
  return old
}
