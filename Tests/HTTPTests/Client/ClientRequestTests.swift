import JSON
import LoopSupport
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A client's request` {
  @Test func `goes out with host, type, headers and length`() async throws {
    try await withCannedServer { client, server, _ in
      var request = ClientRequest(
        .put, "/key?a=b", contentType: .json, body: Array("{\"a\":1}".utf8))
      request.addHeader("X-One", Array("1".utf8))
      async let answer = client.perform(request)
      let text = try await server.receive(through: "{\"a\":1}")
      let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
      #expect(lines[0] == "PUT /key?a=b HTTP/1.1")
      #expect(lines[1].hasPrefix("Host: 127.0.0.1:") && UInt16(lines[1].dropFirst(16)) != nil)
      #expect(
        lines[2...] == [
          "Content-Type: application/json", "X-One: 1", "Content-Length: 7", "", "{\"a\":1}",
        ])
      try await server.send("HTTP/1.1 204 No Content\r\n\r\n")
      #expect(try await answer.status == .noContent)
    }
  }

  @Test(arguments: [
    (Method.get, false), (.delete, false), (.head, false), (.post, true), (.put, true),
  ])
  func `without a body says so where one is usual`(method: HTTP.Method, says: Bool) async throws {
    try await withCannedServer { client, server, _ in
      async let answer = client.perform(ClientRequest(method, "/"))
      let head = try await server.receive(through: "\r\n\r\n")
      #expect(head.contains("Content-Length: 0\r\n") == says)
      try await server.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      _ = try await answer
    }
  }

  @Test func `can be sent again and again on one connection`() async throws {
    try await withServer(echo) { server in
      let client = try await ClientConnection.connect(to: "127.0.0.1", port: server.server.port)
      var request = ClientRequest(.post, "/a")
      for round in 0..<100 {
        request.body = Array("\(round)".utf8)
        let answer = try await client.perform(request)
        #expect(answer.status == .ok)
        #expect(answer.body.text == "POST /a|\(round)")
        #expect(answer.header("content-type")?.text == "text/plain; charset=utf-8")
        #expect(answer.header("x-none") == nil)
      }
      #expect(server.server.counts.connections == 1)
      client.close()
    }
  }

  @Test func `of a megabyte and its answer come through`() async throws {
    let back = Answering { request, response in response.body = Array(request.body) }
    try await withServer(back) { server in
      let client = try await ClientConnection.connect(to: "127.0.0.1", port: server.server.port)
      let body = (0..<1_200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      for _ in 0..<2 {
        let answer = try await client.perform(ClientRequest(.post, "/", body: body))
        #expect(Array(answer.body) == body)
      }
      client.close()
    }
  }

  @Test func `may be followed by others before it is answered`() async throws {
    try await withServer(echo) { server in
      let client = try await ClientConnection.connect(to: "127.0.0.1", port: server.server.port)
      async let sent: Void = {
        for number in 0..<1000 { try await client.send(ClientRequest(.get, "/\(number)")) }
      }()
      await turn(of: server.loop)
      for number in 0..<1000 {
        #expect(try await client.receive().body.text == "GET /\(number)|")
      }
      try await sent
      client.close()
    }
  }
}
