// It acknowledges the whole of its log, leftovers included.
// says: invariant 5: a message that was overtaken takes nothing back
// says: expected: log 1 4 4 4; to n2 accepted up to 2
// says: seen:     log 1 4 4 4; to n2 accepted up to 4
mutating func receive(_ append: AppendEntries, from leader: NodeID) {
  if let wrong = contradiction(in: append) { return stop(at: wrong, of: leader) }
  guard append.previous.index >= commitIndex else {
    return accept(commitIndex, of: append, from: leader)
  }
  guard log.holds(append.previous) else { return reject(append, from: leader) }
  extendLog(with: append)
  let last = append.previous.index + UInt64(append.entries.count)
  commit(upTo: min(append.commitIndex, last))
  accept(log.lastIndex, of: append, from: leader)
}
