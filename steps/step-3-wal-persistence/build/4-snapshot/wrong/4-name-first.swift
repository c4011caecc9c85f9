// It gives the file its name, and syncs it then.
// says: invariant 3: under its own name there is never half a snapshot
// says: input:    the power goes at operation
// says: seen:     the error corrupt data
public consuming func finish() throws(JournalError) -> SnapshotRecord {
  encoder.appendFoot()
  try flush()
  let name = FileName.ofSnapshot(index)
  do throws(DiskError) {
    try disk.rename(FileName.unfinished(name), to: name)
    try file.sync()
    try disk.syncDirectory()
  } catch { throw giveUp(error) }
  return SnapshotRecord(
    index: index, term: term, lines: encoder.lines, bytes: UInt64(written),
    checksum: encoder.sum.value)
}
