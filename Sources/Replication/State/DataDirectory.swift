import Bytes
import JSON
package import Raft
package import Store
package import WAL

/// What a node finds when it opens its data directory, and what that says about who it is.
///
/// Once a directory has members, the log's count and no flag's: flags are only where to begin.
package struct DataDirectory {
  package let journal: Journal
  package let recovered: Journal.Recovered
  /// The log after the snapshot.
  package let entries: [Entry]
  /// The members as the snapshot and the whole log name them, committed or not.
  package private(set) var roster: Roster
  /// The members with which the log begins, if it says so.
  private var initialMembers: [NodeID]?
  /// As of the snapshot.
  private let snapshotRoster: Roster?
  private let snapshotMembership: Membership?

  /// Opens this node's directory, and has `store` hold the snapshot that is there.
  ///
  /// - Parameter identity: that of a new directory; drawn at random if it is nil.
  package init(
    _ disk: any Disk & Sendable, _ settings: NodeSettings, _ store: KeyValueStore,
    as identity: Identity? = nil
  ) throws(StartError) {
    var identity = identity ?? .random(node: settings.name)
    // The first leader draws the cluster's id; a node of its own is its first leader already.
    if !settings.isAlone { identity.cluster = nil }
    try self.init(
      disk, identity, store, settings.sections, logPadding: settings.logPadding,
      receivesSnapshots: !settings.isAlone)
    try check(settings)
  }

  /// Opens a directory, whosesoever it is; a new one becomes that of `identity`.
  package init(
    _ disk: any Disk & Sendable, _ identity: Identity, _ store: KeyValueStore,
    _ sections: [any SnapshotSection], logPadding: Int = 0, receivesSnapshots: Bool = true
  ) throws(StartError) {
    var content: MemberStateLoader? = MemberStateLoader(sections)
    do throws(JournalError) {
      (journal, recovered) = try Journal.open(
        disk, identity: identity, padding: logPadding, receivesSnapshots: receivesSnapshots
      ) { line throws(JournalError) in
        if let line { try content?.load(line) } else { content = MemberStateLoader(sections) }
      }
    } catch {
      guard case .violated = error else { throw StartError("\(error)") }
      throw StartError("\(error); an operator can override this: mini-etcd override-violation DIR")
    }
    snapshotRoster = content?.roster
    snapshotMembership = content?.membership
    if let snapshot = journal.snapshot, let content = content.take() {
      content.finish().restore(store, applied: snapshot.index)
    }
    var entries: [Entry] = []
    entries.reserveCapacity(recovered.entries.count)
    for record in recovered.entries {
      guard let entry = Entry(record) else {
        throw StartError("log index \(record.index): written by a later step of the course")
      }
      entries.append(entry)
    }
    self.entries = entries
    roster = snapshotRoster ?? Roster()
    for entry in entries { foresee(entry) }
  }

  /// Refuses a directory that is not this node's.
  private func check(_ settings: NodeSettings) throws(StartError) {
    let owner = journal.identity.node
    if owner != settings.name {
      throw StartError("the data directory is \(owner)'s, not \(settings.name)'s: see -id")
    }
    let hasOthers = roster.members.contains { $0.name != owner }
    let own = ownRecords
    if own.count > 1 {
      let ids = own.map(\.id.hex).joined(separator: ", ")
      throw StartError(
        "\(owner) is a member several times, as \(ids): "
          + "remove all of them, and add it again with an empty data directory")
    }
    if settings.isAlone, hasOthers || journal.identity.cluster == nil {
      throw StartError("the data directory is a cluster member's: start it with -peers")
    }
    if !settings.isAlone, !hasOthers, journal.identity.cluster != nil {
      throw StartError(
        "the data directory is that of a node without peers: start it without -peers")
    }
  }

  /// The record of this very node, if the log has it.
  package var ownRecord: MemberRecord? { ownRecords.first }

  private var ownRecords: [MemberRecord] {
    roster.members.filter { $0.name == journal.identity.node && isOwn($0) }
  }

  private func isOwn(_ record: MemberRecord) -> Bool {
    record.incarnation == nil || record.incarnation == journal.identity.incarnation
  }

  /// The roster at the snapshot, with which the log begins.
  package var firstRoster: Roster { snapshotRoster ?? Roster() }

  /// What Raft finds. A log that begins at its beginning began with the initial members.
  func restored(_ settings: NodeSettings) -> RestoredState {
    let initialMembers = self.initialMembers ?? settings.initialMembers.map(\.id)
    let position =
      journal.snapshot.map { LogPosition(index: $0.index, term: $0.term) } ?? .zero
    let state = journal.hardState
    var restored = RestoredState(
      hardState: HardState(
        term: state.term, vote: state.vote.map { NodeID($0) }, commitIndex: state.commit),
      snapshot: SnapshotMetadata(
        position: position, membership: snapshotMembership ?? Membership(voters: initialMembers)),
      entries: entries)
    restored.isDurable = journal.isLastBatchProven
    return restored
  }
}

extension DataDirectory {
  /// Takes an entry into account that may not be committed, to see who might be a member.
  private mutating func foresee(_ entry: Entry) {
    switch entry.kind {
    case .noOp: break
    case .membership(let membership):
      let member = try? JSONDocument(entry.payload).root
      roster.follow(membership, added: member.flatMap(MemberRecord.init))
    case .command:
      // Most are the store's, and are not looked into twice.
      guard entry.payload.isAboutMembers, let value = try? JSONDocument(entry.payload).root else {
        return
      }
      if let initial = Roster(value) {
        initialMembers = initialMembers ?? initial.members.map(\.id)
        roster.bootstrap(initial)
      } else if let member = value["member"].flatMap(MemberRecord.init) {
        roster.describe(member, knownAt: value.known)
      }
    }
  }
}

extension [UInt8] {
  /// Whether this is an operation on the roster, as ``Operation`` writes it.
  fileprivate var isAboutMembers: Bool {
    span.starts(with: "{\"do\":\"bootstrap\"") || span.starts(with: "{\"do\":\"describe\"")
  }
}

// What becomes of it.
extension DataDirectory {
  /// This node as the roster should show it: who it is comes from the directory, where it is
  /// reached from the flags.
  package func identity(_ settings: NodeSettings) -> MemberRecord {
    let urls = settings.urls(of: settings.name)
    return MemberRecord(
      id: ownRecord?.id ?? NodeID(initialMember: settings.name), name: settings.name,
      urls: urls.isEmpty ? ownRecord?.urls ?? [] : urls,
      clientURLs: settings.clientURLs, incarnation: journal.identity.incarnation)
  }

  /// The node that goes on from here.
  package func node(of id: NodeID, _ settings: NodeSettings, seed: UInt64) -> RaftNode {
    var restored = restored(settings)
    restored.commitOwn(of: id)
    var raft = RaftOptions()
    raft.electionTicks = settings.electionTicks
    raft.maxUncommittedBytes = settings.uncommittedBytes
    raft.seed = seed
    return RaftNode(id: id, restored: restored, raft: raft, options: settings.nodeOptions)
  }
}

/// Why a node does not start: one line for people.
public struct StartError: Error, CustomStringConvertible {
  public let description: String
  package init(_ description: String) { self.description = description }
}
