// It takes for granted that the log begins before the snapshot ends.
// says: is broken: invariant 8
// says: input:    the log was dropped up to 4, and a snapshot of 2/1 comes
// says: seen:     the code stops the program
mutating func drop(through index: LogIndex, keeping kept: UInt64) -> [Entry] {
  let distance = index - base.index
  guard distance > kept else { return [] }
  let old = entries
  base = old[Int(distance - kept) - 1].position
  entries = Array(old[Int(distance - kept)...])
  return old
}
