// Nothing is written.
// says: invariant 1: the file has its name, all its lines and its foot, and the record describes it
// says: input:    a snapshot of three lines at 8
// says: seen:     the error no such file
public consuming func finish() throws(JournalError) -> SnapshotRecord {
  return SnapshotRecord(
    index: index, term: term, lines: encoder.lines, bytes: UInt64(written),
    checksum: encoder.sum.value)
}
