// It keeps one entry too many.
// says: invariant 2: what is cut off is durable no more
// says: input:    durable up to 5, cut from 3
// says: expected: durable up to 2, term 1
// says: seen:     durable up to 3, term 1
mutating func truncated(from index: LogIndex) {
  durableIndex = min(durableIndex, index)
  handedOut = min(handedOut, index)
  for i in outstanding.indices { outstanding[i].lastIndex = min(outstanding[i].lastIndex, index) }
}
