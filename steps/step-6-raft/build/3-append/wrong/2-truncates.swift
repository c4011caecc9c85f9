// It cuts its log behind the message, and so throws away what it has acknowledged.
// says: invariant 5: a message that was overtaken takes nothing back
// says: expected: log 1 4 4 4; to n2 accepted up to 2
// says: seen:     log 1 4; to n2 accepted up to 2
private mutating func extendLog(with append: AppendEntries) {
  let first = append.previous.index + 1
  if first <= log.lastIndex {
    log.truncate(from: first)
    persistence.truncated(from: first)
  }
  log.append(contentsOf: append.entries[...])
}
