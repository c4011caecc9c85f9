// It keeps a segment whose last entry is the snapshot's.
// says: invariant 5: segments go whose entries it stands for; the last one stays
// says: input:    12 entries in 6 segments of two, a snapshot at 8
// says: expected: snapshot 8, segments 5 6
// says: seen:     snapshot 8, segments 4 5 6
public func adopt(
  _ new: SnapshotRecord, restartingLog: Bool = false, hardState: HardStateRecord? = nil
) throws(JournalError) {
  let old = tip.snapshot
  try append { batch in
    if let hardState { batch.append(hardState) }
    batch.append(new, restarts: restartingLog)
  }
  do throws(DiskError) {
    while segments.count > 1, segments[0].highestIndex < new.index {
      try disk.remove(FileName.ofSegment(segments[0].number))
      try disk.syncDirectory()
      segments.removeFirst()
    }
    if let old { try disk.remove(FileName.ofSnapshot(old.index)) }
  } catch { throw fail(error) }
}
