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

  /// The key numbered `KeyTemplate.mark`, as a path without its leading slash.
  private static let key = "bench/\(KeyTemplate.mark)"

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
    let value = Self.value(valueBytes)
    return switch self {
    case .course:
      CheckedRequest(
        ClientRequest(.get, "/get?key=\(Self.key)"),
        answer: #"{"key":"\#(Self.key)","value":"\#(value)","found":true}"#, isWhole: true)
    case .v2:
      CheckedRequest(
        ClientRequest(.get, "/v2/keys/\(Self.key)\(quorum ? "?quorum=true" : "")"),
        answer: #"{"action":"get","node":{"key":"/\#(Self.key)","value":"\#(value)","#,
        isWhole: false)
    case .fixed:
      CheckedRequest(ClientRequest(.get, "/"), answer: "", isWhole: false)
    }
  }

  /// Writes a key; ``fixed`` cannot.
  func put(valueBytes: Int) -> CheckedRequest {
    let value = Self.value(valueBytes)
    return switch self {
    case .course:
      CheckedRequest(
        ClientRequest(
          .post, "/put", contentType: .json,
          body: Array(#"{"key":"\#(Self.key)","value":"\#(value)"}"#.utf8)),
        answer: "OK", isWhole: true)
    case .v2:
      CheckedRequest(
        ClientRequest(
          .put, "/v2/keys/\(Self.key)",
          contentType: ContentType("application/x-www-form-urlencoded"),
          body: Array("value=\(value)".utf8)),
        answer: #"{"action":"set","node":{"key":"/\#(Self.key)","value":"\#(value)","#,
        isWhole: false)
    case .fixed:
      preconditionFailure("the settings do not allow it")
    }
  }

  /// Waits for the next write of a key.
  func watch(valueBytes: Int) -> CheckedRequest {
    let value = Self.value(valueBytes)
    return switch self {
    case .course:
      CheckedRequest(
        ClientRequest(.get, "/watch?key=\(Self.key)"),
        answer: #"{"key":"\#(Self.key)","value":"\#(value)"}"#, isWhole: true)
    case .v2:
      CheckedRequest(
        ClientRequest(.get, "/v2/keys/\(Self.key)?wait=true"),
        answer: #"{"action":"set","node":{"key":"/\#(Self.key)","value":"\#(value)","#,
        isWhole: false)
    case .fixed:
      preconditionFailure("the settings do not allow it")
    }
  }
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

/// A request and the answer that is right for it, for one key at a time.
struct CheckedRequest: Sendable {
  private(set) var request: ClientRequest
  private var answer: [UInt8]
  /// Nothing but a line end may follow.
  private let isWhole: Bool
  private let minimumBytes: Int

  private let targetTemplate: KeyTemplate
  private let bodyTemplate: KeyTemplate
  private let answerTemplate: KeyTemplate

  /// - Parameters:
  ///   - answer: how the right answer begins.
  ///   - minimumBytes: how long it is at least.
  init(_ request: ClientRequest, answer: String, isWhole: Bool, minimumBytes: Int = 0) {
    self.request = request
    self.minimumBytes = max(minimumBytes, answer.utf8.count)
    self.answer = Array(answer.utf8)
    self.isWhole = isWhole
    targetTemplate = KeyTemplate(request.target)
    bodyTemplate = KeyTemplate(request.body)
    answerTemplate = KeyTemplate(self.answer)
  }

  /// Makes this the exchange about another key.
  mutating func turn(to key: Int) {
    targetTemplate.write(key, into: &request.target)
    bodyTemplate.write(key, into: &request.body)
    answerTemplate.write(key, into: &answer)
  }

  /// Whether the answer is the one expected. etcd says 201 for a key it did not have.
  func accepts(_ status: Status, _ body: ArraySlice<UInt8>) -> Bool {
    guard status == .ok || status == .created, body.count >= minimumBytes else { return false }
    guard body.starts(with: answer) else { return false }
    return !isWhole || body.dropFirst(answer.count).allSatisfy { $0 == UInt8(ascii: "\n") }
  }
}
