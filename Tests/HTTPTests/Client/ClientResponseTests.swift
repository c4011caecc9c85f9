import LoopSupport
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `An answer` {
  /// What a server may say, and what it means. The last is what the body is.
  static let answers: [(HTTP.Method, String, String)] = [
    (.get, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"),
    (.get, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""),
    (
      .get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
      "hello"
    ),
    (.get, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""),
    (.head, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", ""),
    (.get, "HTTP/1.1 204 No Content\r\n\r\n", ""),
    (.post, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi"),
  ]

  @Test func `is read alike however its bytes are split in two, and the next one follows`()
    async throws
  {
    try await withCannedServer { client, server, loop in
      for (method, text, body) in Self.answers {
        let bytes = Array(text.utf8)
        for cut in 1..<bytes.count {
          async let answer = client.perform(ClientRequest(method, "/"))
          _ = try await server.receive(through: "\r\n\r\n")
          try await server.send(Array(bytes[..<cut]))
          await turn(of: loop)
          try await server.send(Array(bytes[cut...]))
          #expect(try await answer.body.text == body, "\(text) cut at \(cut)")
        }
      }
      #expect(client.isOpen)
    }
  }

  @Test(arguments: answers)
  func `cut short is an error`(method: HTTP.Method, text: String, body: String) async throws {
    // Every tenth length will do: each has a connection of its own.
    for length in stride(from: 0, to: text.utf8.count, by: 10) {
      try await withCannedServer { client, server, _ in
        async let answer = failure(of: { try await client.perform(ClientRequest(method, "/")) })
        _ = try await server.receive(through: "\r\n\r\n")
        try await server.send(Array(text.utf8.prefix(length)))
        server.close()
        #expect(await answer == "connection closed before the answer was complete")
        #expect(!client.isOpen)
      }
    }
  }

  @Test func `without a length ends with the connection`() async throws {
    try await withCannedServer { client, server, loop in
      async let answer = client.perform(ClientRequest(.get, "/"))
      _ = try await server.receive(through: "\r\n\r\n")
      for part in ["HTTP/1.0 200 OK\r\n\r\n", "one, ", "two"] {
        try await server.send(part)
        await turn(of: loop)
      }
      server.close()
      #expect(try await answer.body.text == "one, two")
      #expect(!client.isOpen)
    }
  }

  @Test func `that says close ends the connection`() async throws {
    try await withCannedServer { client, server, _ in
      async let answer = client.perform(ClientRequest(.get, "/"))
      _ = try await server.receive(through: "\r\n\r\n")
      try await server.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi")
      #expect(try await answer.body.text == "hi")
      #expect(!client.isOpen)
      #expect(
        await failure(of: { try await client.perform(ClientRequest(.get, "/")) })
          == "connection closed before the request was sent")
    }
  }

  @Test(arguments: [
    "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "HTTP/3.0 200 OK\r\n\r\n",
  ])
  func `that is no HTTP is an error`(text: String) async throws {
    try await withCannedServer { client, server, _ in
      async let answer = failure(of: { try await client.perform(ClientRequest(.get, "/")) })
      _ = try await server.receive(through: "\r\n\r\n")
      try await server.send(text)
      #expect(await answer?.hasPrefix("malformed answer: ") == true)
      #expect(!client.isOpen)
    }
  }

  @Test func `may be kept while the next ones come`() async throws {
    try await withServer(echo) { server in
      let client = try await ClientConnection.connect(to: "127.0.0.1", port: server.server.port)
      var kept: [ClientResponse] = []
      for number in 0..<10 {
        kept.append(try await client.perform(ClientRequest(.get, "/\(number)")))
      }
      #expect(kept.map(\.body.text) == (0..<10).map { "GET /\($0)|" })
      #expect(kept.allSatisfy { $0.header("content-length")?.text == "7" })
      client.close()
    }
  }

  @Test(arguments: [
    "Content-Length: 9\r\n\r\n|one|two|end", "\r\n|one|two|end",
    "Transfer-Encoding: chunked\r\n\r\n|3\r\none\r\n|3\r\ntwo\r\n|3\r\nend\r\n0\r\n\r\n",
  ])
  func `can be read piece by piece, as it comes`(text: String) async throws {
    try await withCannedServer { client, server, _ in
      async let sent: Void = client.send(ClientRequest(.get, "/"))
      _ = try await server.receive(through: "\r\n\r\n")
      try await sent
      let parts = text.split(separator: "|")
      try await server.send("HTTP/1.1 200 OK\r\n\(parts[0])")
      #expect(try await client.receiveHead().status == .ok)
      for (part, piece) in zip(parts.dropFirst(), ["one", "two", "end"]) {
        try await server.send(String(part))
        #expect(try await client.nextPiece().map { $0[...].text } == piece)
      }
      if !text.contains("Content-Length") && !text.contains("chunked") { server.close() }
      #expect(try await client.nextPiece() == nil)
      #expect(try await client.nextPiece() == nil)
    }
  }
}
