import Raft
public import Store
public import WAL

/// What only an operator may decide, on the data directory of a node that does not run.
public enum OperatorDecision {
  // MARK: A violation

  /// Lets a node start again that ended because it saw a promise of Raft broken. The log keeps
  /// both: what was seen, and that an operator has overridden it.
  ///
  /// - Returns: a line for people.
  public static func overrideViolation(in directory: String) throws(StartError) -> String {
    let disk = PosixDisk(path: directory)
    // Locking a directory makes one where there is none.
    guard let names = try? disk.list(), names.contains(where: { $0.hasSuffix(".jsonl") }) else {
      throw StartError("\(directory) holds no log")
    }
    do throws(JournalError) {
      guard let what = try Journal.overrideViolation(on: disk) else {
        throw .failed("\(directory): there is no violation to override")
      }
      return "\(directory) can be used again, in spite of what was seen: \(what)"
    } catch { throw StartError("\(error)") }
  }

  // MARK: A new cluster

  /// The way back from a lost majority, etcd's `--force-new-cluster`: makes a member's data
  /// directory that of a cluster of its own, which has this one member.
  ///
  /// For when a majority of the members is lost for good: without one nothing can be ordered any
  /// more, not even that they are members no longer. So this is not put in order but decreed, by
  /// the operator, on one member's directory while that node is down.
  ///
  /// All that stands in this log is kept, committed or not: a write that was acknowledged may be on
  /// this node and not be known to be committed. What only the lost members had is gone. The
  /// cluster gets another id, so that none of them can come back into it with its old data.
  ///
  /// All of it becomes durable at one moment, when the log takes over the snapshot that says so.
  ///
  /// - Parameters:
  ///   - store: one that nothing was applied to; it holds the member's data afterwards.
  ///   - sections: what a snapshot holds beside the store, as for the member itself.
  /// - Returns: a line for people.
  public static func newCluster(
    in directory: String, registry: CommandRegistry, applyingTo store: KeyValueStore,
    sections: [any SnapshotSection]
  ) throws(StartError) -> String {
    try newCluster(
      on: PosixDisk(path: directory), at: directory, cluster: .random(in: 1 ... .max),
      registry: registry, applyingTo: store, sections: sections)
  }

  /// The same on any disk.
  /// - Parameters:
  ///   - directory: what messages call it.
  ///   - cluster: the new cluster's id.
  package static func newCluster(
    on disk: any Disk & Sendable, at directory: String, cluster: UInt64,
    registry: CommandRegistry, applyingTo store: KeyValueStore, sections: [any SnapshotSection]
  ) throws(StartError) -> String {
    // Opening a log begins one where there is none.
    guard let names = try? disk.list(), names.contains(where: { $0.hasSuffix(".jsonl") }) else {
      throw StartError("\(directory) holds no log")
    }
    let found = try DataDirectory(disk, Identity.random(node: "node1"), store, sections)
    let name = found.journal.identity.node
    guard let own = found.ownRecord, found.roster.cluster != nil else {
      throw StartError("\(directory): \(name) has never been a member of a cluster")
    }
    let others = found.roster.members.filter { $0.id != own.id }
    if others.isEmpty { throw StartError("\(directory): \(name) is its cluster's only member") }
    for entry in found.entries { try apply(entry, to: store, registry) }

    let roster = Roster(
      cluster: cluster, members: [own], removed: found.roster.removed + others.map(\.id))
    do throws(JournalError) {
      try found.journal.beginCluster(
        cluster, roster, of: own.id, on: disk, holding: store, sections)
    } catch { throw StartError("\(error)") }
    return "\(directory) is \(name)'s alone now, cluster \(NodeID(cluster).hex), "
      + "with \(store.fileCount) keys: start it without -peers"
  }

  static func apply(
    _ entry: Entry, to store: KeyValueStore, _ registry: CommandRegistry
  ) throws(StartError) {
    if entry.kind == .command {
      do {
        if case .command(let command) = try Operation(entry, registry) {
          _ = store.apply(command, at: entry.index)
          return
        }
      } catch { throw StartError("log index \(entry.index): \(error)") }
    }
    store.skip(entry.index)
  }
}

extension Journal {
  /// Has the log begin with a snapshot in which the cluster is a new one.
  fileprivate func beginCluster(
    _ cluster: UInt64, _ roster: Roster, of member: NodeID, on disk: any Disk & Sendable,
    holding store: KeyValueStore, _ sections: [any SnapshotSection]
  ) throws(JournalError) {
    let term = hardState.term
    // A snapshot must be newer than the one before, and the log may have nothing after that.
    let index = lastIndex + 1
    try append {
      $0.append(EntryRecord(.noOp, index: index, term: term, payload: Array("null".utf8)))
    }
    store.skip(index)
    // A directory of one member says so in its head. Until the snapshot counts that means nothing.
    if identity.cluster == nil { learn(cluster: cluster) }
    try rotate()
    let record = try CapturedState(store, sections).writeFile(
      on: disk, at: index, term, after: { $0.append(roster, Membership(voters: [member])) })
    let state = HardStateRecord(term: term, vote: hardState.vote, commit: index)
    if let record { try adopt(record, hardState: state) }
    try close()
  }
}
