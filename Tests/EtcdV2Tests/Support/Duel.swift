import HTTP
import HTTPAPI
import ServingSupport
import Testing
import Timeout

/// Two servers that are asked the same: a real etcd, and ours.
///
/// Both give the same indexes as long as they agree on which requests change something; where they did
/// not, ``align()`` makes up for it.
final class Duel {
  private let ports: [UInt16]
  private var connections: [ClientConnection?] = [nil, nil]
  private var groups = 0

  fileprivate init(etcd: UInt16, ours: UInt16) { ports = [etcd, ours] }

  struct Difference: Error, CustomStringConvertible {
    let question: Question
    let etcd: Answer
    let ours: Answer

    var description: String { "\(question)\n  etcd \(etcd)\n  ours \(ours)" }
  }

  struct NoAnswer: Error {
    let question: Question
    let isOurs: Bool
    let error: any Error
  }

  /// A directory nobody has used, at the same index on both.
  func newDirectory() async throws -> String {
    try await align()
    groups += 1
    return "/g\(groups)"
  }

  /// Asks both, and returns what they agree on.
  /// - Throws: ``Difference``.
  @discardableResult
  func ask(_ question: Question, in directory: String = "") async throws -> Answer {
    var answers: [Answer] = []
    for side in ports.indices {
      do {
        answers.append(Answer(try await perform(question.request(in: directory), at: side)))
      } catch {
        throw NoAnswer(question: question, isOurs: side == 1, error: error)
      }
    }
    let (etcd, ours) = (answers[0], answers[1])
    if etcd != ours { throw Difference(question: question, etcd: etcd, ours: ours) }
    return etcd
  }

  /// Begins a request that may be answered late, or for ever, on connections of its own; returns when
  /// both have sent their heads.
  ///
  /// - Parameter isRacing: whether what is waited for may happen at one of them before the other was
  ///   asked, so that their heads show different indexes; the events must be the same all the same.
  func begin(
    _ question: Question, in directory: String = "", isRacing: Bool = false
  ) async throws -> Wait {
    var streams: [ClientConnection] = []
    var heads: [Answer] = []
    for port in ports {
      let connection = try await ClientConnection.connect(
        to: "127.0.0.1", port: port, within: Serving.patience)
      try await connection.send(question.request(in: directory))
      heads.append(Answer(try await connection.receiveHead()))
      streams.append(connection)
    }
    if !isRacing && heads[0] != heads[1] {
      throw Difference(question: question, etcd: heads[0], ours: heads[1])
    }
    return Wait(
      question: question, etcd: streams[0], ours: streams[1], isRacing: isRacing)
  }

  /// What was counted so far, at both; but for failed reads, of which etcd makes some for itself.
  func statistics() async throws -> [[String: Int]] {
    var counts: [[String: Int]] = []
    for side in ports.indices {
      let answer = try await perform(ClientRequest(.get, "/v2/stats/store"), at: side)
      let pairs = answer.text.matches(of: #/"(\w+)":(\d+)/#).map { (String($0.1), Int($0.2) ?? 0) }
      counts.append(Dictionary(uniqueKeysWithValues: pairs.filter { $0.0 != "getsFail" }))
    }
    return counts
  }

  private func perform(_ request: ClientRequest, at side: Int) async throws -> ClientResponse {
    if let open = connections[side], open.isOpen {
      do { return try await open.perform(request, within: Serving.patience) } catch ClientError.notSent {}
    }
    let connection = try await ClientConnection.connect(
      to: "127.0.0.1", port: ports[side], within: Serving.patience)
    connections[side] = connection
    return try await connection.perform(request, within: Serving.patience)
  }

  private func align() async throws {
    var indexes = [try await index(at: 0), try await index(at: 1)]
    while indexes[0] != indexes[1] {
      let behind = indexes[0] < indexes[1] ? 0 : 1
      _ = try await perform(ClientRequest(.put, "/v2/keys/align"), at: behind)
      indexes[behind] += 1
    }
  }

  private func index(at side: Int) async throws -> Int {
    let answer = try await perform(ClientRequest(.get, "/v2/keys"), at: side)
    let text = String(decoding: answer.header("x-etcd-index") ?? [], as: UTF8.self)
    return try #require(Int(text))
  }
}

/// Starts both servers, and ends them when `body` returns.
func withDuel(_ body: @escaping @Sendable (Duel) async throws -> Void) async throws {
  try await EtcdProcess.serving { etcdPort in
    let ours = try OurServer(time: SteadyTime())
    try await withServing(ours.handler) { serving in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await ours.expirer.run() }
        group.addTask(executorPreference: serving.loop) {
          try await body(Duel(etcd: etcdPort, ours: serving.server.port))
        }
        // The first to end is the duel; expiry goes on until it is cancelled.
        try await group.next()
        group.cancelAll()
      }
    }
  }
}
