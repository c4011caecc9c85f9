// One sync of the directory for all removals: some of them may be there after a power cut, and the
// log then has a hole.
// says: invariant 7: whenever the power goes, a start finds the old beginning of the log or the new
// says: seen:     corrupt data
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
      segments.removeFirst()
    }
    if let old { try disk.remove(FileName.ofSnapshot(old.index)) }
    try disk.syncDirectory()
  } catch { throw fail(error) }
}
