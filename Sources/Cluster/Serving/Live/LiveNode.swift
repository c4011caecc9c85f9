import Bytes
import EtcdV2
import JSON
import Loop
public import Pages
import Raft
import Replication
public import Store
import Synchronization
public import Watch

/// What the page at `/ui` is told of this node, in three parts.
///
/// | part | what it holds | read |
/// | --- | --- | --- |
/// | `node` | what the node is, the end of its log, its peers | at each reading |
/// | `keys` | the first keys of the store: ``LiveKeys`` | at most each ``keyInterval``, after an event |
/// | `events` | the latest events | likewise |
///
/// It takes what is there already: the status that the node's thread puts up, the store, the event
/// history. Only the end of the log has to be asked for, and what is shown is the answer to the
/// question before: no loop waits for the node's thread, which may be stuck in a sync.
public final class LiveNode: LiveSource {
  static let keyInterval = Duration.milliseconds(200)

  private let node: ClusterNode
  private let store: KeyValueStore
  private let hub: WatchHub
  private let mayWrite: Bool
  private let state = Mutex(State())

  private struct State {
    var tail = LogTail()
    var isTailAsked = false
    var storeIndex: StoreIndex?
    var lastReading: ContinuousClock.Instant?
    var keys: [UInt8] = []
    var events: [UInt8] = []
  }

  /// - Parameter mayWrite: whether the page shows how to write.
  public init(
    _ node: ClusterNode, over store: KeyValueStore, watchedBy hub: WatchHub, mayWrite: Bool
  ) {
    self.node = node
    self.store = store
    self.hub = hub
    self.mayWrite = mayWrite
  }

  public var milliseconds: Int64 { node.time.now.microseconds / 1_000 }

  public func readParts() -> [LivePart] {
    askForTail()
    readStore()
    let (tail, keys, events) = state.withLock { ($0.tail, $0.keys, $0.events) }
    return [
      LivePart("node", describe(node.status, tail)), LivePart("keys", keys),
      LivePart("events", events),
    ]
  }

  private func askForTail() {
    let asks = state.withLock { state in
      defer { state.isTailAsked = true }
      return !state.isTailAsked
    }
    guard asks else { return }
    node.showTail { [self] tail in
      state.withLock { state in
        state.tail = tail
        state.isTailAsked = false
      }
    }
  }

  private func readStore() {
    let (index, now) = (store.storeIndex, ContinuousClock.now)
    let isDue = state.withLock { state in
      if state.storeIndex == index { return false }
      if let last = state.lastReading, now - last < Self.keyInterval { return false }
      (state.storeIndex, state.lastReading) = (index, now)
      return true
    }
    guard isDue else { return }
    let keys = LiveKeys.json(of: store.snapshot(), fileCount: store.fileCount)
    let events = LiveKeys.json(of: hub.latestEvents(LiveKeys.eventLimit))
    state.withLock { ($0.keys, $0.events) = (keys, events) }
  }

  // MARK: The node

  private func describe(_ status: NodeStatus, _ tail: LogTail) -> [UInt8] {
    var json: [UInt8] = []
    json.append("{\"id\":")
    json.append(jsonString: status.id.hex)
    json.append(",\"name\":")
    json.append(jsonString: status.name)
    json.append(",\"cluster\":")
    json.append(status.roster.cluster == nil ? "false" : "true")
    json.append(",\"role\":")
    json.append(jsonString: status.role.exactName)
    json.append(",\"start\":")
    json.append(decimal: status.startTime.microseconds / 1_000)
    json.append(",\"writes\":")
    json.append(mayWrite ? "true" : "false")
    json.append(",\"started\":")
    json.append(node.isStarted ? "true" : "false")
    if let reason = status.unavailableReason {
      json.append(",\"problem\":")
      json.append(jsonString: reason)
    }
    let numbers: [(StaticString, UInt64)] = [
      (",\"term\":", status.term.rawValue), (",\"last\":", status.lastIndex.rawValue),
      (",\"commit\":", status.commitIndex.rawValue),
      (",\"applied\":", status.appliedIndex.rawValue),
      (",\"watchers\":", UInt64(hub.count)), (",\"waiting\":", UInt64(status.waitingProposals)),
    ]
    for (name, number) in numbers {
      json.append(name)
      json.append(decimal: number)
    }
    json.append(",\"snapshots\":[")
    json.append(decimal: status.counts.snapshotsWritten)
    json.append(",")
    json.append(decimal: status.counts.snapshotsInstalled)
    json.append("]")
    appendMembers(of: status, to: &json)
    appendPeers(of: status, to: &json)
    json.append(",\"steps\":")
    json.append(list: status.standingChanges) { $0.append($1) }
    json.append(",\"log\":{\"from\":")
    json.append(decimal: tail.first.rawValue)
    json.append(",\"entries\":")
    json.append(list: tail.entries) { $0.append($1) }
    json.append("}}")
    return json
  }

  private func appendMembers(of status: NodeStatus, to json: inout [UInt8]) {
    json.append(",\"members\":")
    json.append(list: status.knownMembers) { json, member in
      json.append("{\"id\":")
      json.append(jsonString: member.id.hex)
      json.append(",\"name\":")
      json.append(jsonString: member.name)
      json.append(",\"url\":")
      json.append(jsonString: member.liveURL ?? "")
      let isVoter = status.roster.cluster == nil || status.membership.isVoter(member.id)
      json.append(isVoter ? ",\"voter\":true}" : ",\"voter\":false}")
    }
  }

  private func appendPeers(of status: NodeStatus, to json: inout [UInt8]) {
    json.append(",\"peers\":")
    json.append(list: status.role == .leader ? status.followers : []) { json, peer in
      json.append("{\"id\":")
      json.append(jsonString: peer.id.hex)
      json.append(",\"match\":")
      json.append(decimal: peer.matchIndex.rawValue)
      json.append(",\"active\":")
      json.append(peer.isActive ? "true" : "false")
      // Milliseconds, with a digit after the point: JSON's numbers are decimal.
      let tenths = (self.node.latestRoundTrip(to: peer.id) * 10).rounded(.up)
      json.append(",\"rtt\":")
      json.append(decimal: UInt64(tenths) / 10)
      json.append(".")
      json.append(decimal: UInt64(tenths) % 10)
      json.append("}")
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(jsonString text: String) { append(jsonString: Array(text.utf8)) }

  fileprivate mutating func append(_ change: StandingChange) {
    append("{\"n\":")
    append(decimal: change.number)
    append(",\"at\":")
    append(decimal: change.time.microseconds / 1_000)
    append(",\"role\":")
    append(jsonString: change.standing.role.exactName)
    append(",\"term\":")
    append(decimal: change.standing.term.rawValue)
    for (name, id) in [
      (",\"vote\":", change.standing.vote), (",\"leader\":", change.standing.leader),
    ]
      as [(StaticString, NodeID?)]
    {
      append(name)
      if let id { append(jsonString: id.hex) } else { append("null") }
    }
    append("}")
  }

  /// `[term, kind, text]`.
  fileprivate mutating func append(_ entry: Entry) {
    append("[")
    append(decimal: entry.term.rawValue)
    switch entry.kind {
    case .command: append(",\"c\",")
    case .noOp: append(",\"n\",")
    case .membership: append(",\"m\",")
    }
    append(jsonString: entry.payload)
    append("]")
  }
}

extension Role {
  fileprivate var exactName: String {
    switch self {
    case .follower: "follower"
    case .preCandidate: "preCandidate"
    case .candidate: "candidate"
    case .leader: "leader"
    }
  }
}

extension NodeStatus {
  /// The members, or who is going to be one before the cluster has begun.
  fileprivate var knownMembers: [MemberRecord] {
    roster.cluster == nil ? unlistedMembers : roster.members
  }
}

extension MemberRecord {
  /// Where a browser reaches it.
  var liveURL: String? { clientURLs.first ?? urls.first }
}

extension ClusterNode {
  /// Where browsers reach the members.
  @Sendable public func memberURLs() -> [String] {
    let status = status
    return (status.roster.members + status.unlistedMembers).compactMap(\.liveURL)
  }

  /// Asks the node's thread for the end of the log; `reply` is called on that thread.
  func showTail(_ reply: @escaping @Sendable (LogTail) -> Void) {
    if !mailbox.post(.showTail(.call(reply))) { reply(LogTail()) }
  }

  /// What the last message to a peer took, in milliseconds; 0 if none has been answered.
  func latestRoundTrip(to peer: NodeID) -> Double {
    min(transport.roundTrips(to: peer)?.figures.latest ?? 0, 1_000_000)
  }
}
