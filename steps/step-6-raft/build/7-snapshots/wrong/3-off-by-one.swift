// It drops one entry more than it may.
// says: invariant 8: compaction drops what a snapshot covers
// says: expected: 4/2...5/2, gives back 5
mutating func drop(through index: LogIndex, keeping kept: UInt64) -> [Entry] {
  guard index > base.index + kept else { return [] }
  let count = Int(index - base.index - kept)
  let old = entries
  base = old[count].position
  entries = Array(old[(count + 1)...])
  return old
}
