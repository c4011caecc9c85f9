import Bytes
import HTTP
import Loop
import ServingSupport
import Synchronization
import Testing

@testable import mini_etcd_bench

/// Enough of the course's API to be measured, with faults on request.
final class SmallStore: Handler {
  enum Fault: Sendable {
    case none
    /// Every so many answers one is for another key.
    case wrongEvery(Int)
    case silence
  }

  private struct State {
    var values: [String: String] = [:]
    var deadlines: [String: ContinuousClock.Instant] = [:]
    var watchers: [CheckedContinuation<String, Never>] = []
    var answers = 0
    var writes = 0
  }
  private let state = Mutex(State())
  private let fault: Fault

  init(_ fault: Fault = .none) { self.fault = fault }

  var keyCount: Int { state.withLock { $0.values.count } }
  var writeCount: Int { state.withLock { $0.writes } }

  func respond(to request: Request, with response: Response) async throws {
    if case .silence = fault {
      request.cancelWhenClientLeaves()
      try await Task.sleep(for: .seconds(60))
    }
    switch String(decoding: request.path, as: UTF8.self) {
    case "/put": response.body = Array(put(String(decoding: request.body, as: UTF8.self)).utf8)
    case "/get": response.body = Array(get(key(in: request)).utf8)
    case "/watch": response.body = Array((await change()).utf8)
    default: throw HTTPError(.notFound, "404")
    }
    let count = state.withLock { state in
      state.answers += 1
      return state.answers
    }
    if case .wrongEvery(let number) = fault, count % number == 0 {
      response.body = Array("surprise".utf8)
    }
  }

  private func key(in request: Request) -> String {
    String(decoding: request.query ?? [], as: UTF8.self).replacing("key=", with: "")
  }

  /// The body is what the answer to a read or a watch is made of.
  private func put(_ body: String) -> String {
    let parts = body.split(separator: "\"")
    let watchers = state.withLock { state in
      state.values[String(parts[3])] = body
      if parts.count == 11, let seconds = Int(parts[10].dropFirst().dropLast()) {
        state.deadlines[String(parts[3])] = .now + .seconds(seconds)
      }
      state.writes += 1
      defer { state.watchers = [] }
      return state.watchers
    }
    for watcher in watchers { watcher.resume(returning: body) }
    return "OK"
  }

  private func get(_ key: String) -> String {
    state.withLock { state in
      if state.deadlines[key].map({ $0 <= .now }) == true { state.values[key] = nil }
      return state.values[key].map { $0.dropLast() + ",\"found\":true}\n" }
        ?? #"{"key":"\#(key)","value":"","found":false}"#
    }
  }

  private func change() async -> String {
    await withCheckedContinuation { continuation in
      state.withLock { $0.watchers.append(continuation) }
    }
  }

  /// Serves a store while `body` runs, which gets a loop to measure it from.
  static func serving(
    _ store: SmallStore, _ body: (Target, [EventLoop]) async throws -> Void
  ) async throws {
    try await withServing(store) { serving in
      let address = HostPort(host: "127.0.0.1", port: serving.server.port)
      let target = Target(
        name: "a", endpoint: ServerURL(address: address), api: .course, process: nil)
      try await body(target, [serving.loop])
    }
  }
}
