import HTTP
import HTTPAPI
import Loop
import ServingSupport
import Testing
import Timeout

/// Two that are asked the same: a real etcd, and ours, which may be several nodes of a cluster.
///
/// Both give the same indexes as long as they agree on which requests change something; where they
/// did not, ``align()`` makes up for it.
final class Duel {
  private var sides: [Side]
  private var groups = 0

  /// So that servers can be used again.
  private let name = String(UInt32.random(in: 0...UInt32.max), radix: 16)

  fileprivate init(etcd: UInt16, ours: [UInt16]) { sides = [Side([etcd]), Side(ours)] }

  /// Whether ours is a cluster, of which no node knows alone what was counted or who is a member.
  var isWithCluster: Bool { sides[1].ports.count > 1 }

  /// One of the two: the ports of its nodes, and who is asked next.
  private struct Side {
    let ports: [UInt16]
    private var turn = 0
    /// The one that answered last, and so has applied all that was answered before.
    private(set) var upToDate = 0
    var connections: [UInt16: ClientConnection] = [:]

    init(_ ports: [UInt16]) { self.ports = ports }

    /// What changes something, or asks a quorum, may go to any node.
    mutating func node(for request: ClientRequest) -> Int {
      let isPlainRead = request.method == .get || request.method == .head
      if isPlainRead && !request.asksQuorum { return upToDate }
      turn = (turn + 1) % ports.count
      return turn
    }

    /// Of a mistake in the parameters, and of a path that is none, the store is not asked.
    mutating func note(_ answer: ClientResponse, by node: Int) {
      if (Answer(answer).storeIndex ?? 0) > 0 { upToDate = node }
    }
  }

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
    return "/\(name)-\(groups)"
  }

  /// Has ours forget all that was written: its nodes go on, and what ran out later would be one
  /// change more than the next duel's etcd has seen.
  fileprivate func leaveNothing() async throws {
    guard groups > 0 else { return }
    for group in 1...groups {
      _ = try await perform(
        ClientRequest(.delete, "/v2/keys/\(name)-\(group)?recursive=true"), at: 1)
    }
  }

  /// Asks both, and returns what they agree on.
  /// - Throws: ``Difference``.
  @discardableResult
  func ask(_ question: Question, in directory: String = "") async throws -> Answer {
    var answers: [Answer] = []
    for side in sides.indices {
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

  /// Begins a request that may be answered late, or for ever, on connections of its own; returns
  /// when both have sent their heads.
  ///
  /// - Parameter isRacing: whether what is waited for may happen at one of them before the other
  ///   was asked, so that their heads show different indexes; the events must be the same all the
  ///   same.
  func begin(
    _ question: Question, in directory: String = "", isRacing: Bool = false
  ) async throws -> Wait {
    var streams: [ClientConnection] = []
    var heads: [Answer] = []
    for side in sides {
      let connection = try await ClientConnection.connect(
        to: "127.0.0.1", port: side.ports[side.upToDate], within: Serving.patience)
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
    for side in sides.indices {
      let answer = try await perform(ClientRequest(.get, "/v2/stats/store"), at: side)
      let pairs = answer.text.matches(of: #/"(\w+)":(\d+)/#).map { (String($0.1), Int($0.2) ?? 0) }
      counts.append(Dictionary(uniqueKeysWithValues: pairs.filter { $0.0 != "getsFail" }))
    }
    return counts
  }

  private func perform(_ request: ClientRequest, at side: Int) async throws -> ClientResponse {
    let node = sides[side].node(for: request)
    let answer = try await perform(request, at: side, port: sides[side].ports[node])
    sides[side].note(answer, by: node)
    return answer
  }

  private func perform(
    _ request: ClientRequest, at side: Int, port: UInt16
  ) async throws -> ClientResponse {
    if let open = sides[side].connections[port], open.isOpen {
      do {
        return try await open.perform(request, within: Serving.patience)
      } catch ClientError.notSent {}
    }
    let connection = try await ClientConnection.connect(
      to: "127.0.0.1", port: port, within: Serving.patience)
    sides[side].connections[port] = connection
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
    let answer = try await perform(ClientRequest(.get, "/v2/keys?quorum=true"), at: side)
    let text = String(decoding: answer.header("x-etcd-index") ?? [], as: UTF8.self)
    return try #require(Int(text))
  }
}

extension ClientRequest {
  fileprivate var asksQuorum: Bool {
    String(decoding: target, as: UTF8.self).contains("quorum=true")
  }
}

/// Starts both servers, and ends them when `body` returns; ours only if none runs already, see
/// ``runningNodes``.
func withDuel(_ body: @escaping @Sendable (Duel) async throws -> Void) async throws {
  try await EtcdProcess.serving { etcdPort in
    if !runningNodes.isEmpty {
      let loop = try EventLoop.start()
      defer { loop.shutDown() }
      return try await loop.run {
        let duel = Duel(etcd: etcdPort, ours: runningNodes)
        try await body(duel)
        try await duel.leaveNothing()
      }
    }
    let ours = try OurServer(time: SteadyTime())
    try await withServing(ours.handler) { serving in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await ours.expirer.run() }
        group.addTask(executorPreference: serving.loop) {
          try await body(Duel(etcd: etcdPort, ours: [serving.server.port]))
        }
        // The first to end is the duel; expiry goes on until it is cancelled.
        try await group.next()
        group.cancelAll()
      }
    }
  }
}
