import Bytes
import Raft

/// Messages for one peer, separated by commas: what one request carries.
package struct PendingMessages: Sendable {
  package var bytes: [UInt8] = []
  /// The numbers of the operations forwarded in it: their clients must learn if the peer never got
  /// them.
  package var forwarded: [Range<UInt64>] = []

  package init(bytes: [UInt8] = [], forwarded: [Range<UInt64>] = []) {
    self.bytes = bytes
    self.forwarded = forwarded
  }

  /// Adds messages, themselves separated by commas.
  package mutating func append(_ other: PendingMessages) {
    bytes.append(",")
    bytes.append(contentsOf: other.bytes)
    forwarded += other.forwarded
  }
}

/// What a replica has written to its peers and not handed over yet: what goes to one peer in one
/// step of work goes in one request on each lane.
struct OutgoingMessages {
  private var written: [(peer: NodeID, lane: Lane, messages: PendingMessages)] = []

  /// Writes a message to a peer; it leaves with the next ``flush(to:)``. Messages on one lane stay
  /// in order.
  ///
  /// - Parameter forwarded: the numbers of the operations it forwards.
  mutating func write(
    to peer: NodeID, on lane: Lane, forwarding forwarded: Range<UInt64>?,
    through host: any ReplicaHost, _ write: (inout [UInt8]) -> Void
  ) {
    let place: Int
    if let known = written.firstIndex(where: { $0.peer == peer && $0.lane == lane }) {
      place = known
    } else {
      place = written.count
      written.append((peer, lane, PendingMessages()))
    }
    if !written[place].messages.bytes.isEmpty { written[place].messages.bytes.append(",") }
    write(&written[place].messages.bytes)
    if let forwarded { written[place].messages.forwarded.append(forwarded) }
    // As large as a request is meant to be: what follows goes in another one.
    if written[place].messages.bytes.count >= PeerLimits.requestBytes { flush(place, to: host) }
  }

  /// Hands over all that is written.
  mutating func flush(to host: any ReplicaHost) {
    for place in written.indices { flush(place, to: host) }
  }

  private mutating func flush(_ place: Int, to host: any ReplicaHost) {
    let (peer, lane, messages) = written[place]
    if messages.bytes.isEmpty { return }
    written[place].messages = PendingMessages()
    host.send(messages, to: peer, on: lane)
  }
}
