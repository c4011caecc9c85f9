// A file of which the log does not speak stays on the full disk.
// says: invariant 9: without space for its record the file goes, unless a leader's is waited for
// says: expected: noSpace; snapshot none, segments 1 2 3 4 5 6
// says: seen:     noSpace; snapshot 8, segments 1 2 3 4 5 6
public func adopt(
  _ new: SnapshotRecord, restartingLog: Bool = false, hardState: HardStateRecord? = nil
) throws(JournalError) {
  let old = tip.snapshot
  try append { batch in
    if let hardState { batch.append(hardState) }
    batch.append(new, restarts: restartingLog)
  }
  do throws(DiskError) {
    while segments.count > 1, segments[0].highestIndex <= new.index {
      try disk.remove(FileName.ofSegment(segments[0].number))
      try disk.syncDirectory()
      segments.removeFirst()
    }
    if let old { try disk.remove(FileName.ofSnapshot(old.index)) }
  } catch { throw fail(error) }
}
