// The content is durable, and its name is not.
// says: invariant 2: when it is finished, a power cut takes nothing of it
// says: seen:     the error no such file
public consuming func finish() throws(JournalError) -> SnapshotRecord {
  encoder.appendFoot()
  try flush()
  let name = FileName.ofSnapshot(index)
  do throws(DiskError) {
    try file.sync()
    try disk.rename(FileName.unfinished(name), to: name)
  } catch { throw giveUp(error) }
  return SnapshotRecord(
    index: index, term: term, lines: encoder.lines, bytes: UInt64(written),
    checksum: encoder.sum.value)
}
