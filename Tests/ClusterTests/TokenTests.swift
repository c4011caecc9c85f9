import EtcdV2
import Foundation
import HTTP
import Raft
import RunSupport
import Testing
import Token

@testable import Cluster
@testable import Replication

@Suite(.inTurn, .timeLimit(.minutes(10))) struct TokenTests {
  @Test func `with a token nobody changes the members without it`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(token: "open-sesame")
    let id = String(nodes[2].node.status.id.rawValue, radix: 16)
    let body = Array(#"{"peerURLs":["http://127.0.0.1:1"]}"#.utf8)
    let changes = [
      ClientRequest(.post, "/v2/members", contentType: .json, body: body),
      ClientRequest(.put, "/v2/members/\(id)", contentType: .json, body: body),
      ClientRequest(.delete, "/v2/members/\(id)"),
      // Not even whether there is such a member is said.
      ClientRequest(.delete, "/v2/members/1"),
    ]
    let before = nodes[0].node.members.map(\.id)
    for token in [nil, "", "open-sesam", "open-sesame!"] {
      for change in changes {
        let answer = try await nodes[0].ask(change, token: token)
        #expect(answer.status == 401)
        #expect(answer.text == #"{"message":"the cluster's token is missing or wrong"}"#)
      }
    }
    // Who they are is no secret.
    #expect(try await nodes[0].get("/v2/members").status == 200)
    try await nodes[0].node.barrier()
    #expect(nodes[0].node.members.map(\.id) == before)
    // At a follower too: it forwards the change with its own token.
    for (change, status) in zip(changes, [201, 409, 204, 404]) {
      #expect(try await nodes[1].ask(change, token: "open-sesame").status == status)
    }
    for node in nodes { await node.stop() }
  }

  @Test func `a node joins with the token, and not without it`() async throws {
    let cluster = try TestCluster()
    let nodes = try await cluster.startThree(token: "open-sesame")
    let names = nodes.map(\.name)
    let fourth = try await cluster.start(
      "node4", peers: names, joins: true, token: "open-sesame")
    try await fourth.put("key", "1")
    #expect(try await nodes[0].value("key") == "1")
    for node in nodes + [fourth] { await node.stop() }
  }

  @Test(
    arguments: [
      ("secret", "secret"), ("secret\nmore\n", "secret"), ("secret\r\n", "secret"), ("", nil),
      ("\nsecret", nil), ("a b\n", nil), ("\u{E9}", nil),
      (String(repeating: "x", count: 1_024), String(repeating: "x", count: 1_024)),
      (String(repeating: "x", count: 1_025), nil),
    ] as [(String, String?)])
  func `a token is a file's first line`(_ text: String, _ token: String?) throws {
    let path = NSTemporaryDirectory() + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(filePath: path))
    let read = try? ClusterToken(file: path)
    #expect(
      read.map { String(decoding: $0.authorization, as: UTF8.self) } == token.map { "Bearer \($0)" }
    )
  }

  @Test func `a file that is not there is named`() {
    #expect {
      try ClusterToken(file: "/nowhere/token")
    } throws: { "\($0)" == "/nowhere/token: No such file or directory" }
  }

  @Test(arguments: [
    ("", "0"), ("\nsecret", "0"), ("a b", "others"), ("\u{E9}", "others"),
    (String(repeating: "x", count: 1_025), "more than 1024"),
  ])
  func `a file without a token is refused with what is there`(
    _ text: String, _ seen: String
  ) throws {
    let path = NSTemporaryDirectory() + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(filePath: path))
    #expect {
      try ClusterToken(file: path)
    } throws: {
      "\($0)"
        == "\(path): its first line must be 1 to 1024 visible ASCII characters, not \(seen)"
    }
  }

  @Test func `a directory is no file with a token`() {
    #expect { try ClusterToken(file: "/tmp") } throws: { "\($0)" == "/tmp: Is a directory" }
  }
}
