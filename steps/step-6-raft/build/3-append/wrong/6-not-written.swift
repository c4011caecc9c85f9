// It cuts the log in memory alone: what takes the place of the rest is never written.
// says: invariant 4: what contradicts goes, with all behind it; what is before stays
// says: input:    the log's terms are 1 2 2, all on the disk; an append after 1/1 of 4
// says: expected: 2/4
// says: seen:     nothing is written
private mutating func extendLog(with append: AppendEntries) {
  guard let new = append.entries.firstIndex(where: { !log.holds($0.position) }) else { return }
  let first = append.entries[new].index
  if first <= log.lastIndex { log.truncate(from: first) }
  log.append(contentsOf: append.entries[new...])
}
