import Raft
public import Store
public import WAL

extension OperatorDecision {
  /// Makes a backup of the newest state that can be proven from a data directory, damaged or not:
  /// see ``WAL/Salvage``. The directory is only read.
  ///
  /// - Parameters:
  ///   - path: the backup's, which must not be in that directory.
  ///   - store: one that nothing was applied to; it holds the state afterwards.
  ///   - sections: what a snapshot holds beside the store, as for the member itself.
  /// - Returns: what is in the backup, and what is damaged and lost: a line for each, for people.
  public static func salvage(
    _ directory: String, into path: String, registry: CommandRegistry,
    applyingTo store: KeyValueStore, sections: [any SnapshotSection]
  ) throws(StartError) -> (content: Backup.Content, findings: [String]) {
    let disk = PosixDisk(path: directory)
    if disk.isLocked { throw StartError("\(directory): a server is using it") }
    do throws(JournalError) {
      let file = try BackupFile(path, outside: disk)
      let salvage = try Salvage(disk)
      var loader: MemberStateLoader? = MemberStateLoader(sections)
      try salvage.readSnapshot { line throws(JournalError) in try loader?.load(line) }
      if let snapshot = salvage.snapshot, let loader = loader.take() {
        loader.finish().restore(store, applied: snapshot.index)
      }
      for record in salvage.entries {
        guard let entry = Entry(record) else { throw .failed("log index \(record.index): unknown") }
        do throws(StartError) { try apply(entry, to: store, registry) } catch {
          throw .failed("\(error)")
        }
      }
      try file.write(CapturedState(store, sections), term: salvage.lastTerm)
      return (try file.finish(), salvage.findings)
    } catch { throw StartError("\(directory): \(error)") }
  }
}
