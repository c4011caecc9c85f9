import HTTP
import Loop
import RandomSupport
import RunSupport
import Testing

@testable import Cluster
@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10))) struct EtcdHistoryTests {
  /// Clients at every node read and write few keys by etcd's API, and amid that the leader dies,
  /// without a word to the others.
  @Test(arguments: seeds)
  func `all nodes tell one history, and none goes back in it`(seed: UInt64) async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree()
    let chronicle = Chronicle()
    try await cluster.loop.run {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<6 {
          let node = nodes[number % 3]
          group.addTask {
            var random = SeededRandom(seed &* 6 &+ UInt64(number))
            let client = Historian(at: node.doorway.port, writing: chronicle)
            for count in 0..<60 {
              try await client.ask(Deed(number: number * 100 + count, by: &random))
            }
          }
        }
        group.addTask {
          while chronicle.answers < 100 { try await Task.sleep(for: .milliseconds(5)) }
          for node in nodes where node.isLeader { await node.node.close() }
        }
        try await group.waitForAll()
      }
    }
    #expect(chronicle.complaints == [])
    #expect(chronicle.answers >= 200)
    for node in nodes { await node.stop() }
  }
}

/// Something that is asked about a key.
struct Deed {
  enum Kind { case read, quorumRead, set, update, delete }

  let kind: Kind
  let key: String
  /// What is written: nothing else writes the same.
  let value: String

  init(number: Int, by random: inout SeededRandom) {
    let kinds: [Kind] = [.read, .read, .quorumRead, .quorumRead, .set, .set, .update, .delete]
    kind = kinds[Int.random(in: kinds.indices, using: &random)]
    key = ["a", "b", "d/c"][Int.random(in: 0..<3, using: &random)]
    value = "value\(number)"
  }

  var request: ClientRequest {
    let target = "/v2/keys/\(key)"
    let form = ContentType("application/x-www-form-urlencoded")
    let body = Array("value=\(value)".utf8)
    return switch kind {
    case .read: ClientRequest(.get, target)
    case .quorumRead: ClientRequest(.get, target + "?quorum=true")
    case .set: ClientRequest(.put, target, contentType: form, body: body)
    case .update: ClientRequest(.put, target + "?prevExist=true", contentType: form, body: body)
    case .delete: ClientRequest(.delete, target)
    }
  }
}

/// A client of one node, which puts down what it was told.
private struct Historian {
  private let port: UInt16
  private let chronicle: Chronicle

  init(at port: UInt16, writing chronicle: Chronicle) {
    self.port = port
    self.chronicle = chronicle
  }

  func ask(_ deed: Deed) async throws {
    let connection = try await ClientConnection.connect(
      to: "127.0.0.1", port: port, within: .seconds(60))
    defer { connection.close() }
    let start = chronicle.start(at: port)
    let answer = try await connection.perform(deed.request, within: .seconds(60))
    let index = answer.header("x-etcd-index").flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    let body = String(decoding: answer.body, as: UTF8.self)
    let node = body.firstMatch(of: #/"value":"(\w+)","modifiedIndex":(\d+)/#)
    chronicle.end(
      deed, at: port, since: start, status: answer.status.rawValue, index: index ?? 0,
      value: node.map { String($0.1) }, modifiedIndex: node.flatMap { Int($0.2) })
  }
}
