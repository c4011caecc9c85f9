import Foundation
import HTTP
import RunSupport
import ServingSupport
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10))) struct HeaderTests {
  @Test func `fact 10: a success carries the indexes, an error only the store's`() async throws {
    try await withEtcd { serving, _ async throws in
      let put = try await serving.ask("PUT /a value=1")
      #expect(put.text(of: "x-etcd-index") == "4")
      #expect(put.text(of: "x-raft-index") == "4")
      #expect(put.text(of: "x-raft-term") == "1")
      #expect(put.text(of: "x-etcd-cluster-id") == "c0ffee00")
      #expect(put.text(of: "content-type") == "application/json")
      let missing = try await serving.ask("GET /b")
      #expect(missing.text(of: "x-etcd-index") == "4")
      #expect(missing.text(of: "x-raft-index") == nil)
      #expect(missing.text(of: "x-raft-term") == nil)
      #expect(missing.text(of: "x-etcd-cluster-id") == "c0ffee00")
      let malformed = try await serving.ask("GET /a?recursive=x")
      #expect(malformed.text(of: "x-etcd-index") == "0")
      // What was refused by the store took a place in the log.
      _ = try await serving.ask("PUT /a value=1 prevExist=false")
      let get = try await serving.ask("GET /a")
      #expect(get.text(of: "x-etcd-index") == "4")
      #expect(get.text(of: "x-raft-index") == "5")
    }
  }

  @Test(arguments: [
    "GET @/", "GET /a", "GET @/v2/keys", "PATCH /a", "GET //a", "PUT /a ttl=x", "OPTIONS @/x",
    "GET @/v2/members", "POST @/version", "GET @/v2/stats/self",
  ])
  func `fact 12: every answer lets pages of other origins read it`(line: String) async throws {
    try await withEtcd { serving, _ async throws in
      let answer = try await serving.ask(line)
      #expect(answer.text(of: "access-control-allow-origin") == "*")
      #expect(
        answer.text(of: "access-control-allow-headers") == "accept, content-type, authorization")
      #expect(
        answer.text(of: "access-control-allow-methods") == "POST, GET, OPTIONS, PUT, DELETE")
    }
  }

  @Test func `fact 11: a refused method tells the others, and no cluster`() async throws {
    try await withEtcd { serving, _ async throws in
      let answer = try await serving.ask("PATCH /a")
      #expect(answer.text(of: "allow") == "HEAD,GET,PUT,POST,DELETE")
      #expect(answer.text(of: "x-content-type-options") == "nosniff")
      #expect(answer.text(of: "x-etcd-cluster-id") == nil)
    }
  }

  @Test func `fact 31: a malformed escape is refused as by those who did not read on`()
    async throws
  {
    try await withEtcd { serving, _ async throws in
      let answer = try await serving.ask("GET @/%zz")
      #expect(answer.status.rawValue == 400)
      #expect(answer.text == "400 Bad Request")
      #expect(answer.text(of: "connection") == "close")
      #expect(answer.text(of: "access-control-allow-origin") == nil)
    }
  }

  @Test func `fact 14: what is JSON ends with a line end where etcd's does`() async throws {
    try await withEtcd { serving, _ async throws in
      for line in ["PUT /a value=1", "GET /a", "GET /b", "GET @/v2/members"] {
        #expect(try await serving.body(line).hasSuffix("}\n"))
      }
      for line in ["GET @/version", "GET @/v2/stats/self", "GET @/v2/members/x"] {
        #expect(try await serving.body(line).hasSuffix("}"))
      }
    }
  }

  @Test func `fact 13: HEAD tells the length of what GET would send`() async throws {
    try await withEtcd { serving, _ async throws in
      _ = try await serving.ask("PUT /a value=1")
      let (get, head) = (try await serving.ask("GET /a"), try await serving.ask("HEAD /a"))
      #expect(head.text(of: "content-length") == "\(get.text.utf8.count)")
      #expect(head.body.isEmpty)
    }
  }
}
