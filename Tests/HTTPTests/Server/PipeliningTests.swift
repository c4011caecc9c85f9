import Bytes
import Loop
import LoopSupport
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Pipelined requests` {
  private static func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n" }

  @Test(arguments: Waiting.allCases)
  func `are answered in order, a thousand at once`(waiting: Waiting) async throws {
    try await withServer(waiting: waiting, echo) { server in
      let client = try await server.connect()
      async let sent: Void = client.send((0..<1000).map { Self.get("/\($0)") }.joined())
      for number in 0..<1000 {
        #expect(try await client.receiveAnswer().body == "GET /\(number)|")
      }
      try await sent
      client.close()
    }
  }

  @Test func `are answered in order although the first take longest`() async throws {
    let slow = Answering { request, response in
      let yields = request.path.span.equals("/slow") ? 1000 : 0
      for _ in 0..<yields { await Task.yield() }
      response.body.append(contentsOf: request.path)
    }
    try await withServer(slow) { server in
      let client = try await server.connect()
      let paths = ["/slow", "/fast", "/slow", "/fast", "/fast"]
      try await client.send(paths.map(Self.get).joined())
      for path in paths { #expect(try await client.receiveAnswer().body == path) }
      client.close()
    }
  }

  @Test func `before one that takes long are answered at once`() async throws {
    let gate = Gate()
    let waiting = Answering { request, response in
      if request.path.span.equals("/wait") { await gate.wait() }
      response.body.append(contentsOf: request.path)
    }
    try await withServer(waiting) { server in
      let client = try await server.connect()
      try await client.send(Self.get("/1") + Self.get("/2") + Self.get("/wait"))
      #expect(try await client.receiveAnswer().body == "/1")
      #expect(try await client.receiveAnswer().body == "/2")
      #expect(server.server.counts.runningRequests == 1)
      gate.open()
      #expect(try await client.receiveAnswer().body == "/wait")
      client.close()
    }
  }

  @Test func `of a client that does not read are not even looked at, until it reads`() async throws
  {
    let size = 100_000
    let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: size)
    let big = Answering { _, response in response.body = bytes }
    try await withServer(big) { server in
      let client = try await server.connect()
      let count = 300
      async let sent: Void = client.send(String(repeating: Self.get("/"), count: count))
      // When nothing moves any more, the server waits for the client.
      var last = -1
      while server.server.counts.finishedRequests != last {
        last = server.server.counts.finishedRequests
        for _ in 0..<100 { await turn(of: server.loop) }
      }
      #expect(last < count / 2, "\(last) answers of \(size) bytes wait to be read")
      for _ in 0..<count {
        let head = try await client.receive(through: "\r\n\r\n")
        #expect(head.contains("Content-Length: \(size)\r\n"))
        try await client.skip(size)
      }
      try await sent
      client.close()
    }
  }

  @Test func `end with the one that closes the connection`() async throws {
    try await withServer(echo) { server in
      let last = "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      let answer = try await server.answer(to: Self.get("/first") + last + Self.get("/never"))
      #expect(answer.contains("GET /first|") && answer.hasSuffix("GET /last|"))
    }
  }
}
