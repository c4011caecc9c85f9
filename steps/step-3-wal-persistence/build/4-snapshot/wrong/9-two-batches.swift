// The hard state has a batch of its own.
// says: invariant 8: a change of the hard state becomes durable with it, or not at all
// says: seen:     snapshot none, term 5, entries 1 to 12
public func adopt(
  _ new: SnapshotRecord, restartingLog: Bool = false, hardState: HardStateRecord? = nil
) throws(JournalError) {
  let old = tip.snapshot
  if let hardState { try append { batch in batch.append(hardState) } }
  try append { batch in batch.append(new, restarts: restartingLog) }
  do throws(DiskError) {
    while segments.count > 1, segments[0].highestIndex <= new.index {
      try disk.remove(FileName.ofSegment(segments[0].number))
      try disk.syncDirectory()
      segments.removeFirst()
    }
    if let old { try disk.remove(FileName.ofSnapshot(old.index)) }
  } catch { throw fail(error) }
}
