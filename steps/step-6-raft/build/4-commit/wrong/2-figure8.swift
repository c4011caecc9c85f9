// It counts entries of earlier terms: the paper's figure 8.
// says: invariant 4: an entry of an earlier term is not committed by counting (paper, figure 8)
// says: expected: commit 0
// says: seen:     commit 2
mutating func advanceCommit() {
  let index = LogIndex(
    reachedByQuorum(own: persistence.durableIndex.rawValue) { $0.matchIndex.rawValue })
  if index > commitIndex { commit(upTo: index) }
}
