// A disk that is full keeps half a snapshot.
// says: invariant 4: when it fails, no file is left behind
// says: input:    sync fails
// says: expected: an error, and no file
// says: seen:     an error, and snapshot-0000000000000008.jsonl.tmp
public consuming func finish() throws(JournalError) -> SnapshotRecord {
  encoder.appendFoot()
  try flush()
  let name = FileName.ofSnapshot(index)
  do throws(DiskError) {
    try file.sync()
    try disk.rename(FileName.unfinished(name), to: name)
    try disk.syncDirectory()
  } catch { throw JournalError(error) }
  return SnapshotRecord(
    index: index, term: term, lines: encoder.lines, bytes: UInt64(written),
    checksum: encoder.sum.value)
}
