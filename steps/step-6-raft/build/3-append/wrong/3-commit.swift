// It believes the leader's commit for its own log, leftovers included.
// says: invariant 7: it commits what the leader has, as far as this message proved equal
// says: expected: commit 1
// says: seen:     commit 3
mutating func receive(_ append: AppendEntries, from leader: NodeID) {
  if let wrong = contradiction(in: append) { return stop(at: wrong, of: leader) }
  guard append.previous.index >= commitIndex else {
    return accept(commitIndex, of: append, from: leader)
  }
  guard log.holds(append.previous) else { return reject(append, from: leader) }
  extendLog(with: append)
  let last = append.previous.index + UInt64(append.entries.count)
  commit(upTo: min(append.commitIndex, log.lastIndex))
  accept(last, of: append, from: leader)
}
