import HTTP
import JSON
import RaftSimulation

/// A read or a write, as one of the two APIs has it: both are of one store, and both linearizable.
struct Question {
  private let action: ClientOperation.Action
  private let key: Int
  private let isEtcds: Bool

  init(_ action: ClientOperation.Action, on key: Int, byEtcdsAPI isEtcds: Bool) {
    self.action = action
    self.key = key
    self.isEtcds = isEtcds
  }

  var request: ClientRequest {
    switch (action, isEtcds) {
    case (.write(let value), false):
      let body = #"{"key":"fault/\#(key)","value":"\#(value)"}"#
      return ClientRequest(.post, "/put", body: Array(body.utf8))
    case (.write(let value), true):
      return ClientRequest(
        .put, "/v2/keys/fault/\(key)", contentType: .form, body: Array("value=\(value)".utf8))
    case (_, false): return ClientRequest(.get, "/get?key=fault/\(key)")
    case (_, true): return ClientRequest(.get, "/v2/keys/fault/\(key)?quorum=true")
    }
  }

  /// An error says that nobody knows, whatever else it says; but that there is no such key.
  func outcome(_ answer: ClientResponse) -> ClientOperation.Outcome {
    let isRead = action == .read
    if isEtcds, isRead, answer.status == .notFound { return .read(0) }
    guard answer.status == .ok || answer.status == .created else { return .unknown }
    if !isRead { return .written(true) }
    guard let root = try? JSONDocument(answer.body).root,
      let value = (isEtcds ? root["node"] ?? root : root)["value"]?.string
    else { return .unknown }
    return .read(UInt32(value) ?? 0)
  }
}

extension ContentType {
  fileprivate static let form = ContentType("application/x-www-form-urlencoded")
}
