import Bytes
package import JSON
package import Raft
package import Store

/// The sender, the receiver and their cluster: at the head of every request between nodes.
///
///     {"cluster":"...","from":"...","incarnation":"...","to":"...","messages":[...]}
///     {"cluster":null,...,"to":"...","initial":["node1","node2","node3"],"messages":[...]}
///
/// and in requests with messages `"clock":C` and perhaps `"time":T` as well, in microseconds: the
/// sender's own clock, and the cluster's time if it knows it.
package struct PeerIdentity: Hashable, Sendable {
  /// Nil from a node that has not learned it yet.
  package var cluster: UInt64?
  package var from: NodeID
  package var incarnation: UInt64
  package var to: NodeID
  /// Of the cluster that the sender bootstraps; nil from one that is in a cluster, or joins
  /// one.
  package var initialNames: [String]?
  /// What the sender's own clock said.
  package var clock: Timestamp?
  /// The cluster's time; nil from one that has only its own clock to go by. See ``ClusterTime``.
  package var time: Timestamp?

  package init(
    cluster: UInt64?, from: NodeID, incarnation: UInt64, to: NodeID, initialNames: [String]? = nil
  ) {
    self.cluster = cluster
    self.from = from
    self.incarnation = incarnation
    self.to = to
    self.initialNames = initialNames
  }

  package init(_ value: JSONValue) throws(PeerError) {
    guard let cluster = value["cluster"], cluster.isNull || cluster.id != nil,
      let from = value["from"]?.id, let to = value["to"]?.id,
      let incarnation = value["incarnation"]?.id
    else { throw PeerError("cluster, from, to or incarnation is missing or no id") }
    self.init(
      cluster: cluster.id, from: NodeID(from), incarnation: incarnation, to: NodeID(to))
    if let member = value["initial"] {
      guard let names = member.list({ $0.string }) else {
        throw PeerError("initial must be an array of names")
      }
      initialNames = names
    }
    clock = value["clock"]?.int64.map(Timestamp.init(microseconds:))
    time = value["time"]?.int64.map(Timestamp.init(microseconds:))
  }
}

extension [UInt8] {
  /// Appends it as members of an object that is begun.
  package mutating func appendFields(of identity: PeerIdentity) {
    append("\"cluster\":")
    if let cluster = identity.cluster { append(id: cluster) } else { append("null") }
    append(",\"from\":")
    append(id: identity.from.rawValue)
    append(",\"incarnation\":")
    append(id: identity.incarnation)
    append(",\"to\":")
    append(id: identity.to.rawValue)
    if let initialNames = identity.initialNames {
      append(",\"initial\":")
      append(list: initialNames) { $0.append(jsonString: Array($1.utf8)) }
    }
    if let clock = identity.clock {
      append(",\"clock\":")
      append(decimal: clock.microseconds)
    }
    if let time = identity.time {
      append(",\"time\":")
      append(decimal: time.microseconds)
    }
  }
}
