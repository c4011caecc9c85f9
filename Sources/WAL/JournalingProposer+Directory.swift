public import Bytes
public import Store

extension JournalingProposer {
  /// Opens the data directory at `path`, as
  /// ``open(_:node:store:registry:time:snapshots:sections:log:)`` does, and says in a line what was
  /// there.
  public static func open(
    _ path: String, store: KeyValueStore, registry: CommandRegistry, time: any TimeSource,
    sections: [any SnapshotSection] = [], log: @escaping @Sendable (LogLine) -> Void
  ) throws(JournalError) -> JournalingProposer {
    let disk = PosixDisk(path: path)
    let (proposer, report) = try open(
      disk, store: store, registry: registry, time: time, sections: sections, log: log)
    if let exposure = disk.exposure { log(.warn("exposed", ["reason": exposure])) }
    if let tornTail = report.tornTail { log(.warn("torn_tail", ["reason": tornTail])) }
    log(
      .info(
        "open",
        [
          "dir": path, "snapshot": report.snapshot ?? .zero, "entries": report.entries,
          "keys": store.fileCount,
        ]))
    return proposer
  }
}
