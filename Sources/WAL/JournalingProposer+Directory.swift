public import Store

extension JournalingProposer {
  /// Opens the data directory at `path`, as ``open(_:node:store:registry:time:snapshots:log:)`` does,
  /// and says in a line what was there.
  public static func open(
    _ path: String, store: KeyValueStore, registry: CommandRegistry, time: any TimeSource,
    log: @escaping @Sendable (String) -> Void
  ) throws(JournalError) -> JournalingProposer {
    let (proposer, report) = try open(
      PosixDisk(path: path), store: store, registry: registry, time: time, log: log)
    if let tornTail = report.tornTail { log(tornTail) }
    let snapshot = report.snapshot.map { "a snapshot at log index \($0) and " } ?? ""
    log("\(path) holds \(snapshot)\(report.entries) entries; \(store.fileCount) keys")
    return proposer
  }
}
