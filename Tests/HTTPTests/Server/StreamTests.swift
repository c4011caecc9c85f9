import Bytes
import LoopSupport
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A streamed answer` {
  /// Sends its pieces one by one, each when the gate of the piece opens.
  private static func streaming(
    _ pieces: [String], last: String = "", gate: Gate? = nil
  ) -> Answering {
    Answering { _, response in
      response.body.append("first")
      let stream = try await response.stream()
      for piece in pieces {
        await gate?.wait()
        try await stream.write(Array(piece.utf8))
      }
      stream.finish(with: Array(last.utf8))
    }
  }

  @Test func `may end with a last piece`() async throws {
    try await withServer(Self.streaming([], last: "last")) { server in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try await client.receive(through: "\r\n\r\n")
      let body = "5\r\nfirst\r\n4\r\nlast\r\n0\r\n\r\n"
      #expect(try await client.receive(count: body.utf8.count) == body)
      client.close()
    }
  }

  @Test func `is sent in chunks, and the connection goes on`() async throws {
    try await withServer(clock: ManualClock(), Self.streaming(["", "second piece"])) { server in
      let client = try await server.connect()
      for _ in 0..<2 {
        try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = """
          HTTP/1.1 200 OK\r
          Date: Sun, 06 Nov 1994 08:49:37 GMT\r
          Content-Type: text/plain; charset=utf-8\r
          Transfer-Encoding: chunked\r
          \r
          5\r
          first\r
          c\r
          second piece\r
          0\r
          \r\n
          """
        #expect(try await client.receive(count: answer.utf8.count) == answer)
      }
      client.close()
    }
  }

  @Test func `sends its head and each piece at once`() async throws {
    let gate = Gate()
    try await withServer(Self.streaming(["second"], gate: gate)) { server in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try await client.receive(through: "\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(try await client.receive(through: "first\r\n") == "5\r\nfirst\r\n")
      gate.open()
      #expect(try await client.receive(through: "0\r\n\r\n") == "6\r\nsecond\r\n0\r\n\r\n")
      client.close()
    }
  }

  @Test func `to HTTP/1.0 ends with the connection`() async throws {
    try await withServer(Self.streaming(["second"])) { server in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      let answer = try await client.receiveAll()
      #expect(answer.contains("\r\nConnection: close\r\n\r\n"))
      #expect(!answer.contains("Transfer-Encoding"))
      #expect(answer.hasSuffix("\r\n\r\nfirstsecond"))
      client.close()
    }
  }

  @Test func `to HEAD is a head`() async throws {
    try await withServer(Self.streaming(["second"])) { server in
      let client = try await server.connect()
      for _ in 0..<2 {
        try await client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        let head = try await client.receive(through: "\r\n\r\n")
        #expect(head.contains("Transfer-Encoding: chunked\r\n"))
      }
      client.finishSending()
      #expect(try await client.receiveAll().isEmpty)
      client.close()
    }
  }

  @Test(arguments: [0, 1, 2])
  func `that its handler leaves unfinished is broken off`(way: Int) async throws {
    struct Surprise: Error {}
    let unfinished = Answering { _, response in
      let stream = try await response.stream()
      try await stream.write(Array("half".utf8))
      if way == 1 { throw HTTPError(.notFound, "too late") }
      if way == 2 { throw Surprise() }
    }
    let log = Log()
    try await withServer(log: log.note, unfinished) { server in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(try await client.receiveAll().hasSuffix("\r\n\r\n4\r\nhalf\r\n"))
      client.close()
    }
    let line = "error event=request_failed method=GET path=/ reason=Surprise() skipped=0"
    #expect(log.lines == (way == 2 ? [line] : []))
  }

  @Test func `is sent to its end by a server that stops, and is the last on its connection`()
    async throws
  {
    let gate = Gate()
    try await withServer(Self.streaming(["second"], gate: gate)) { server in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try await client.receive(through: "first\r\n")
      await server.server.stop()
      gate.open()
      #expect(try await client.receiveAll() == "6\r\nsecond\r\n0\r\n\r\n")
      client.close()
    }
  }

  @Test func `waits for a client that does not read`() async throws {
    let written = Log()
    let endless = Answering { _, response in
      let stream = try await response.stream()
      while true {
        try await stream.write([UInt8](repeating: 0, count: 100_000))
        written.note("piece")
      }
    }
    try await withServer(endless) { server in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      var last = -1
      while written.count != last {
        last = written.count
        for _ in 0..<100 { await turn(of: server.loop) }
      }
      #expect(last < 500)
      _ = try await client.receive(count: (last + 1) * 100_000)
      await until { written.count != last }
      client.close()
      await server.wait { $0.connections == 0 }
    }
  }
}
