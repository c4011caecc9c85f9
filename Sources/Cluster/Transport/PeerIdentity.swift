import JSON
import Raft

/// Who speaks to whom, in which cluster: at the head of every request between nodes.
///
///     {"cluster":"...","from":"...","name":"node1","incarnation":"...","to":"...","messages":[...]}
struct PeerIdentity: Hashable, Sendable {
  /// Nil from a node that has not learned it yet.
  var cluster: UInt64?
  var from: NodeID
  var incarnation: UInt64
  var to: NodeID

  init(cluster: UInt64?, from: NodeID, incarnation: UInt64, to: NodeID) {
    self.cluster = cluster
    self.from = from
    self.incarnation = incarnation
    self.to = to
  }

  init(_ value: JSONValue) throws(PeerError) {
    guard let cluster = value["cluster"], cluster.isNull || cluster.id != nil,
      let from = value["from"]?.id, let to = value["to"]?.id,
      let incarnation = value["incarnation"]?.id
    else { throw PeerError("cluster, from, to or incarnation is missing or no id") }
    self.init(
      cluster: cluster.id, from: NodeID(from), incarnation: incarnation, to: NodeID(to))
  }
}

extension [UInt8] {
  /// Appends it as members of an object that is begun.
  mutating func appendFields(of identity: PeerIdentity) {
    append("\"cluster\":")
    if let cluster = identity.cluster { append(id: cluster) } else { append("null") }
    append(",\"from\":")
    append(id: identity.from.rawValue)
    append(",\"incarnation\":")
    append(id: identity.incarnation)
    append(",\"to\":")
    append(id: identity.to.rawValue)
  }
}
