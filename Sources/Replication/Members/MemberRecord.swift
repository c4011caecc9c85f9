import Bytes
public import Raft

/// What the members know of one of them.
public struct MemberRecord: Hashable, Sendable {
  /// Who it is. Never depends on an address, and is never used again once it was removed.
  public let id: NodeID
  /// Its `-id`; empty until a member that was added under its addresses has come up.
  public var name: String
  /// Where the other members reach it: `http://host:port`. Each is tried.
  public var urls: [String]
  /// Where it says that clients reach it; empty: where the members do.
  public var clientURLs: [String]
  /// Of its data directory, drawn when that was made; nil until the member has been heard of.
  public var incarnation: UInt64?

  public init(
    id: NodeID, name: String, urls: [String], clientURLs: [String] = [], incarnation: UInt64? = nil
  ) {
    self.id = id
    self.name = name
    self.urls = urls
    self.clientURLs = clientURLs
    self.incarnation = incarnation
  }

  /// The same member under another id.
  package func with(id: NodeID) -> MemberRecord {
    MemberRecord(
      id: id, name: name, urls: urls, clientURLs: clientURLs, incarnation: incarnation)
  }

  /// Why nothing of this size, or with such a name or address, is taken from clients and peers; nil
  /// if it is. What is in a log already is taken as it is.
  package var excess: String? {
    for (name, list) in [("urls", urls), ("client urls", clientURLs)] {
      if list.count > PeerLimits.memberURLs {
        return "a member must have at most \(PeerLimits.memberURLs) \(name), not \(list.count)"
      }
      if list.contains(where: { $0.utf8.count > PeerLimits.urlBytes }) {
        return "a member's \(name) must have at most \(PeerLimits.urlBytes) bytes each"
      }
    }
    if !name.isEmpty, !NodeSettings.isName(name) {
      return "a member's name must be \(NodeSettings.nameRule)"
    }
    if !urls.allSatisfy({ $0.hasPrefix("http://") && (try? HostPort(text: $0)) != nil }) {
      return "a member's urls must be http://host:port"
    }
    return nil
  }

  /// Whether it has come up under that name, which is not empty.
  func isNamed(_ name: String) -> Bool { !name.isEmpty && self.name == name }
}

extension NodeID {
  /// The id of a member that was named when the cluster began, the same on all of them.
  public init(initialMember name: String) { self.init(hashing: Array(name.utf8)) }

  /// The id of a member that joins a cluster.
  ///
  /// It follows from the data directory: a node that asks again, because the answer was lost,
  /// cannot become a second member. A name may come back with another directory, but an id does
  /// not.
  package init(joining cluster: UInt64, name: String, incarnation: UInt64) {
    var bytes: [UInt8] = []
    for number in [cluster, incarnation] {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: number >> shift))
      }
    }
    self.init(hashing: bytes + name.utf8)
  }

  /// FNV-1a; never 0.
  private init(hashing bytes: [UInt8]) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    self.init(max(hash, 1))
  }

  /// Sixteen hexadecimal digits.
  package var hex: String { String(hex: rawValue, digits: 16) }
}
