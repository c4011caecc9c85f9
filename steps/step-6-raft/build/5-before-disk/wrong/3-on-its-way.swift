// It forgets the batches that are on their way.
// says: invariant 3: a batch that is still on its way does not vouch for what was put in its place
// says: expected: durable up to 2, term 1
// says: seen:     durable up to 5, term 1
mutating func truncated(from index: LogIndex) {
  let last = index - 1
  durableIndex = min(durableIndex, last)
  handedOut = min(handedOut, last)
}
