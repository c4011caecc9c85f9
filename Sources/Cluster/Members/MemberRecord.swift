public import Raft

/// What the members know of one of them.
public struct MemberRecord: Hashable, Sendable {
  /// Who it is. Never depends on an address, and is never used again once it was removed.
  public let id: NodeID
  /// Its `-id`; empty until a member that was added under its addresses has come up.
  public var name: String
  /// Where it is reached, by members and clients alike: `http://host:port`. Each is tried.
  public var urls: [String]
  /// Of its data directory, drawn when that was made; nil until the member has been heard of.
  public var incarnation: UInt64?

  public init(id: NodeID, name: String, urls: [String], incarnation: UInt64? = nil) {
    self.id = id
    self.name = name
    self.urls = urls
    self.incarnation = incarnation
  }
}

extension NodeID {
  /// The id of a member that was named when the cluster began, the same on all of them (FNV-1a).
  ///
  /// Later members draw theirs, so that a name may come back but an id does not.
  public init(founder name: String) {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    self.init(max(hash, 1))
  }

  /// Sixteen hexadecimal digits.
  var hex: String {
    let digits = String(rawValue, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
