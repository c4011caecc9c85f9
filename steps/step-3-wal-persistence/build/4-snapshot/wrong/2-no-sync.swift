// The name is durable, and what stands under it is not.
// says: invariant 2: when it is finished, a power cut takes nothing of it
// says: input:    a finished snapshot, then a power cut
// says: seen:     the error corrupt data
public consuming func finish() throws(JournalError) -> SnapshotRecord {
  encoder.appendFoot()
  try flush()
  let name = FileName.ofSnapshot(index)
  do throws(DiskError) {
    try disk.rename(FileName.unfinished(name), to: name)
    try disk.syncDirectory()
  } catch { throw giveUp(error) }
  return SnapshotRecord(
    index: index, term: term, lines: encoder.lines, bytes: UInt64(written),
    checksum: encoder.sum.value)
}
