import EtcdV2
import HTTP
import HTTPAPI
import ServingSupport
import Store

extension Serving {
  /// What came back in answer to a ``Question``.
  func ask(_ line: String) async throws -> ClientResponse {
    try await perform(Question(line).request(in: ""))
  }

  /// The body of what came back.
  func body(_ line: String) async throws -> String { try await ask(line).text }
}

extension ClientResponse {
  var text: String { String(decoding: body, as: UTF8.self) }

  func text(of header: StaticString) -> String? {
    self.header(header).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Serves a fresh store, which stands at index 3, while `body` runs.
func withEtcd(
  time: any TimeSource = SteadyTime(), _ body: (Serving, OurServer) async throws -> Void
) async throws {
  let ours = try OurServer(time: time)
  try await withServing(ours.handler) { serving in try await body(serving, ours) }
}
