internal import HTTP
internal import Options

/// The words in which a server is asked.
enum API: String, CaseIterable, FlagValue {
  /// The course's `/put`, `/get` and `/watch`.
  case course
  /// etcd's `/v2/keys`.
  case v2
  /// `GET /`, whatever the answer says: the most an HTTP server can do.
  case fixed

  private static let form = ContentType("application/x-www-form-urlencoded")

  /// The value of every key begins with its number, so that an answer for another key is noticed.
  private static func value(_ bytes: Int) -> String {
    bytes < KeyTemplate.mark.utf8.count
      ? String(repeating: "v", count: bytes)
      : KeyTemplate.mark + String(repeating: "v", count: bytes - KeyTemplate.mark.utf8.count)
  }

  /// Reads a key that has been written with `valueBytes`.
  ///
  /// - Parameter quorum: whether ``v2`` must give the latest value, as ``course`` always does.
  func get(valueBytes: Int, quorum: Bool = false) -> CheckedRequest {
    let (key, value) = (KeyDirectory.lasting.key, Self.value(valueBytes))
    return switch self {
    case .course:
      CheckedRequest(
        ClientRequest(.get, "/get?key=\(key)"),
        answer: #"{"key":"\#(key)","value":"\#(value)","found":true}"#, isWhole: true)
    case .v2:
      CheckedRequest(
        ClientRequest(.get, "/v2/keys/\(key)\(quorum ? "?quorum=true" : "")"),
        answer: #"{"action":"get","node":{"key":"/\#(key)","value":"\#(value)","#,
        isWhole: false)
    case .fixed:
      CheckedRequest(ClientRequest(.get, "/"), answer: "", isWhole: false)
    }
  }

  /// Writes a key; ``fixed`` cannot.
  func put(valueBytes: Int, in directory: KeyDirectory = .lasting) -> CheckedRequest {
    let (key, value) = (directory.key, Self.value(valueBytes))
    let seconds = directory.timeToLive
    return switch self {
    case .course:
      CheckedRequest(
        ClientRequest(
          .post, "/put", contentType: .json,
          body: Array(
            (#"{"key":"\#(key)","value":"\#(value)""#
              + (seconds.map { #","ttl":\#($0)"# } ?? "") + "}").utf8)),
        answer: "OK", isWhole: true)
    case .v2:
      CheckedRequest(
        ClientRequest(
          .put, "/v2/keys/\(key)", contentType: Self.form,
          body: Array("value=\(value)\(seconds.map { "&ttl=\($0)" } ?? "")".utf8)),
        answer: #"{"action":"set","node":{"key":"/\#(key)","value":"\#(value)","#,
        isWhole: false)
    case .fixed:
      preconditionFailure("the settings do not allow it")
    }
  }

  /// Waits for the next write of a key.
  func watch(valueBytes: Int) -> CheckedRequest {
    let (key, value) = (KeyDirectory.lasting.key, Self.value(valueBytes))
    return switch self {
    case .course:
      CheckedRequest(
        ClientRequest(.get, "/watch?key=\(key)"),
        answer: #"{"key":"\#(key)","value":"\#(value)"}"#, isWhole: true)
    case .v2:
      CheckedRequest(
        ClientRequest(.get, "/v2/keys/\(key)?wait=true"),
        answer: #"{"action":"set","node":{"key":"/\#(key)","value":"\#(value)","#,
        isWhole: false)
    case .fixed:
      preconditionFailure("the settings do not allow it")
    }
  }

  /// Asks for a key that is not there, or no longer.
  func absence(in directory: KeyDirectory) -> CheckedRequest {
    let key = directory.key
    return switch self {
    case .course:
      CheckedRequest(
        ClientRequest(.get, "/get?key=\(key)"),
        answer: #"{"key":"\#(key)","value":"","found":false}"#, isWhole: true)
    case .v2:
      CheckedRequest(
        ClientRequest(.get, "/v2/keys/\(key)"), status: .notFound, answer: #"{"errorCode":100,"#,
        isWhole: false)
    case .fixed:
      preconditionFailure("the settings do not allow it")
    }
  }

  /// What a server answers as soon as it serves.
  var ready: CheckedRequest {
    switch self {
    case .course, .v2:
      CheckedRequest(
        ClientRequest(.get, "/health"), answer: #"{"health":"true""#, isWhole: false)
    case .fixed:
      CheckedRequest(ClientRequest(.get, "/"), answer: "", isWhole: false)
    }
  }
}
