internal import HTTP

/// Which keys a request is about; the number of the key goes where ``KeyTemplate`` has its mark.
struct KeyDirectory: Sendable {
  /// As a path without its leading slash.
  let name: String
  /// In seconds, from the write on; nil for ever.
  let timeToLive: Int?

  /// The keys that are read and written.
  static let lasting = KeyDirectory(name: "bench", timeToLive: nil)
  /// Keys that expire.
  static func expiring(after seconds: Int) -> KeyDirectory {
    KeyDirectory(name: "bench-expiring", timeToLive: seconds)
  }

  /// One of its keys, the one ``CheckedRequest/turn(to:)`` says.
  var key: String { "\(name)/\(KeyTemplate.mark)" }
}

/// A directory of `children` keys, in etcd's words whatever ``API`` a server is asked in otherwise:
/// the course's has no listings.
struct ListingLoad: Sendable {
  let children: Int
  let valueBytes: Int

  private static let directory = "bench-list"

  /// Lists it, its keys with their values.
  var get: CheckedRequest {
    let beginning = #"{"action":"get","node":{"key":"/\#(Self.directory)","dir":true,"nodes":["#
    let child =
      #"{"key":"/\#(Self.directory)/00000000","value":"","modifiedIndex":1,"createdIndex":1}"#
    return CheckedRequest(
      ClientRequest(.get, "/v2/keys/\(Self.directory)?recursive=true"), answer: beginning,
      isWhole: false,
      minimumBytes: beginning.utf8.count + children * (child.utf8.count + valueBytes))
  }

  /// Writes one of its keys.
  var put: CheckedRequest {
    let key = "\(Self.directory)/\(KeyTemplate.mark)"
    return CheckedRequest(
      ClientRequest(
        .put, "/v2/keys/\(key)", contentType: ContentType("application/x-www-form-urlencoded"),
        body: Array("value=\(String(repeating: "v", count: valueBytes))".utf8)),
      answer: #"{"action":"set","node":{"key":"/\#(key)","#, isWhole: false)
  }
}
