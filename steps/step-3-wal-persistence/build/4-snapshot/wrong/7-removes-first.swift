// It makes room before the log speaks of the snapshot.
// says: invariant 7: whenever the power goes, a start finds the old beginning of the log or the new
// says: input:    a snapshot at 4, then one at 8; the power goes at operation
// says: seen:     corrupt data
public func adopt(
  _ new: SnapshotRecord, restartingLog: Bool = false, hardState: HardStateRecord? = nil
) throws(JournalError) {
  let old = tip.snapshot
  do throws(DiskError) {
    while segments.count > 1, segments[0].highestIndex <= new.index {
      try disk.remove(FileName.ofSegment(segments[0].number))
      try disk.syncDirectory()
      segments.removeFirst()
    }
    if let old { try disk.remove(FileName.ofSnapshot(old.index)) }
  } catch { throw fail(error) }
  try append { batch in
    if let hardState { batch.append(hardState) }
    batch.append(new, restarts: restartingLog)
  }
}
