import JSON
import Raft
import RaftSimulation
import Replication
import WAL

/// What a replica asks of its surroundings, kept until it is looked at.
final class VirtualHost: ReplicaHost {
  struct Sent {
    let messages: PendingMessages
    let peer: NodeID
    let lane: Lane
  }

  var now = ContinuousClock.now
  private(set) var members: [MemberRecord] = []
  private(set) var isRemoved = false
  private var sent: [Sent] = []
  /// Snapshots to be sent.
  var snapshots: [(message: Message, record: SnapshotRecord)] = []
  var background: [@Sendable () -> ReplicaInput?] = []
  private var random: SplitMix64

  init(_ seed: UInt64) { random = SplitMix64(seed: seed) }

  func send(_ messages: PendingMessages, to peer: NodeID, on lane: Lane) {
    sent.append(Sent(messages: messages, peer: peer, lane: lane))
  }

  func sendSnapshot(_ message: Message, _ record: SnapshotRecord) {
    snapshots.append((message, record))
  }

  func connect(to members: [MemberRecord]) { self.members = members }
  func runInBackground(_ work: @escaping @Sendable () -> ReplicaInput?) { background.append(work) }
  func noteRemoval() { isRemoved = true }
  func randomNumber() -> UInt64 { max(random.next(), 1) }

  func takeSent() -> [Sent] {
    defer { sent = [] }
    return sent
  }
}

extension PeerMessage {
  /// Messages as they come over the network.
  static func list(_ bytes: [UInt8], from: NodeID, to: NodeID) throws -> [PeerMessage] {
    let value = try JSONDocument(Array("[".utf8) + bytes + Array("]".utf8)).root
    return try list(value, from: from, to: to, VirtualNode.registry)
  }
}
