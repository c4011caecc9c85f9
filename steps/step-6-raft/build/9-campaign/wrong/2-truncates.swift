// It cuts its log behind each message.
// says: The core survives
// says: How the first failure came about
// says: fails with seed
private mutating func extendLog(with append: AppendEntries) {
  let first = append.previous.index + 1
  if first <= log.lastIndex {
    log.truncate(from: first)
    persistence.truncated(from: first)
  }
  log.append(contentsOf: append.entries[...])
}
