import HTTP
import JSON
import Loop

/// Asks servers on this machine.
final class Asking: Sendable {
  private let loop: EventLoop

  init() throws { loop = try EventLoop.start() }

  deinit { loop.shutDown() }

  struct Answer: Equatable, Sendable {
    var status: Int
    var text: String
  }

  @concurrent func ask(
    _ method: HTTP.Method, _ target: String, _ body: String = "", from origin: String? = nil,
    on port: UInt16
  ) async throws -> Answer {
    try await loop.run {
      let connection = try await ClientConnection.connect(
        to: "127.0.0.1", port: port, within: .seconds(60))
      defer { connection.close() }
      var request = ClientRequest(method, target, contentType: .json, body: Array(body.utf8))
      if let origin { request.addHeader("Origin", Array(origin.utf8)) }
      let answer = try await connection.perform(request, within: .seconds(60))
      return Answer(
        status: answer.status.rawValue, text: String(decoding: answer.body, as: UTF8.self))
    }
  }

  /// Sends a form to etcd's API; returns where the store is as well.
  @concurrent func askForm(
    _ method: HTTP.Method, _ target: String, _ form: String, on port: UInt16
  ) async throws -> (answer: Answer, index: Int) {
    try await loop.run {
      let connection = try await ClientConnection.connect(
        to: "127.0.0.1", port: port, within: .seconds(60))
      defer { connection.close() }
      let answer = try await connection.perform(
        ClientRequest(
          method, target, contentType: ContentType("application/x-www-form-urlencoded"),
          body: Array(form.utf8)), within: .seconds(60))
      let index = answer.header("x-etcd-index").map { String(decoding: $0, as: UTF8.self) }
      return (
        Answer(status: answer.status.rawValue, text: String(decoding: answer.body, as: UTF8.self)),
        index.flatMap { Int($0) } ?? 0
      )
    }
  }

  func put(_ key: String, _ value: String, on port: UInt16) async throws -> Answer {
    try await ask(.post, "/put", #"{"key":"\#(key)","value":"\#(value)"}"#, on: port)
  }

  /// The key's value; nil if it is absent.
  func get(_ key: String, on port: UInt16) async throws -> String? {
    let answer = try await ask(.get, "/get?key=\(key)", on: port)
    let root = try JSONDocument(Array(answer.text.utf8)).root
    return root["found"]?.bool == true ? root["value"]?.string : nil
  }
}

extension Asking.Answer {
  static let ok = Asking.Answer(status: 200, text: "OK")
}
