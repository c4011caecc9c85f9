internal import Bytes
internal import HTTP
internal import JSON

/// A member of the cluster, as etcd's v2 API shows it.
public struct Member: Hashable, Sendable {
  /// Never 0.
  public let id: UInt64
  /// Empty until the member has started for the first time.
  public var name: String
  /// Where the other members reach it.
  public var peerURLs: [String]
  /// Where clients reach it.
  public var clientURLs: [String]

  public init(id: UInt64, name: String, peerURLs: [String], clientURLs: [String]) {
    self.id = id
    self.name = name
    self.peerURLs = peerURLs
    self.clientURLs = clientURLs
  }
}

extension [UInt8] {
  /// Appends `{"id":"8e9e05c52164694d","name":"node1","peerURLs":[...],"clientURLs":[...]}`.
  mutating func append(_ member: Member) {
    append("{\"id\":\"")
    append(hex: member.id)
    append("\",\"name\":")
    append(jsonString: Array(member.name.utf8))
    append(",\"peerURLs\":")
    append(jsonStrings: member.peerURLs)
    append(",\"clientURLs\":")
    append(jsonStrings: member.clientURLs)
    append("}")
  }

  mutating func append(jsonStrings strings: [String]) {
    append("[")
    for (i, string) in strings.enumerated() {
      if i > 0 { append(",") }
      append(jsonString: Array(string.utf8))
    }
    append("]")
  }
}
