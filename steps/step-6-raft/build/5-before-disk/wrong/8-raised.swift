// A cut behind what is durable makes more durable.
// says: invariant 2: what is cut off is durable no more
// says: input:    durable up to 5, cut from 8
// says: expected: durable up to 5, term 1, handed out up to 5
// says: seen:     durable up to 7, term 1, handed out up to 7
mutating func truncated(from index: LogIndex) {
  let last = index - 1
  durableIndex = last
  handedOut = last
  for i in outstanding.indices {
    outstanding[i].lastIndex = min(outstanding[i].lastIndex, last)
  }
}
