// It takes what it only has in memory for durable.
// says: invariant 5: the leader's own log counts as far as it is durable, and no further
// says: expected: commit 0
// says: seen:     commit 1
mutating func advanceCommit() {
  while true {
    let index = LogIndex(reachedByQuorum(own: log.lastIndex.rawValue) { $0.matchIndex.rawValue })
    guard index > commitIndex, log.term(at: index) == term else { return }
    commit(upTo: index)
  }
}
