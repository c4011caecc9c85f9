// What takes the place of what was cut off is never handed to the disk.
// says: invariant 2: what is cut off is durable no more
// says: input:    durable up to 5, cut from 3
// says: expected: durable up to 2, term 1, handed out up to 2
// says: seen:     durable up to 2, term 1, handed out up to 5
mutating func truncated(from index: LogIndex) {
  let last = index - 1
  durableIndex = min(durableIndex, last)
  for i in outstanding.indices {
    outstanding[i].lastIndex = min(outstanding[i].lastIndex, last)
  }
}
