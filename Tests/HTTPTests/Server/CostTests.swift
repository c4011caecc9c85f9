import Loop
import LoopSupport
import RunSupport
import Testing

@testable import HTTP

/// What requests cost, at two sizes: twice as many bytes may cost twice as much, never four times.
@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `The cost of receiving` {
  /// Requests that all have come in before the first is looked at, as behind a large one.
  private struct Bunch: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: @Sendable (Int) -> [UInt8]
  }

  private static let chunked = Array(
    "POST /x HTTP/1.1\r\nHost:a\r\nTransfer-Encoding:chunked\r\n\r\n0\r\n\r\n".utf8)
  private static let plain = Array("POST /x HTTP/1.1\r\nHost:a\r\nContent-Length:1\r\n\r\nx".utf8)

  private static let bunches = [
    Bunch(testDescription: "chunked requests") { many(chunked, $0) },
    Bunch(testDescription: "requests with a length") { many(plain, $0) },
    Bunch(testDescription: "a large body, then chunked requests") { count in
      let length = count * 40
      return Array("POST / HTTP/1.1\r\nHost:a\r\nContent-Length:\(length)\r\n\r\n".utf8)
        + [UInt8](repeating: 0, count: length) + many(chunked, count)
    },
    Bunch(testDescription: "tiny chunks") { count in
      let head = "POST / HTTP/1.1\r\nHost:a\r\nTransfer-Encoding:chunked\r\n\r\n"
      return Array(head.utf8) + many(Array("1\r\nx\r\n".utf8), count * 10)
        + Array("0\r\n\r\n".utf8)
    },
    Bunch(testDescription: "heads of many lines") { count in
      let lines = String(repeating: "A: b\r\n", count: 100)
      return many(Array("GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n".utf8), count / 10)
    },
  ]

  private static func many(_ request: [UInt8], _ count: Int) -> [UInt8] {
    Array(repeatElement(request, count: count).joined())
  }

  @Test(arguments: bunches, [false, true])
  private func `of bunched requests grows as their bytes do, also if each waits for its client`(
    _ bunch: Bunch, waits: Bool
  ) async throws {
    // Bytes moved for each byte received: the same however many there are.
    let (few, many) = (bunch.bytes(500), bunch.bytes(4000))
    let cost = try await (
      moved(few, waits) / Double(few.count), moved(many, waits) / Double(many.count)
    )
    #expect(cost.1 <= max(2 * cost.0, 4), "\(cost.0) and \(cost.1) bytes moved for a byte")
  }

  /// How many bytes are moved while all of the requests are read and finished.
  private func moved(_ bytes: [UInt8], _ waits: Bool) async throws -> Double {
    try await onLoop { loop in
      let (near, far) = try socketPair(on: loop)
      let client = RawConnection(far)
      let request = Request(limits: Limits())
      async let sent: Void = client.send(bytes)
      var received = 0
      while received < bytes.count {
        try await near.readable()
        received += try request.receive(from: near) ?? 0
      }
      try await sent
      while try !request.isEmpty && request.parse() {
        if waits { request.cancelWhenClientLeaves() }
        request.finish()
      }
      #expect(request.isEmpty)
      near.close()
      client.close()
      return Double(request.movedBytes)
    }
  }

  @Test func `in turns lets other clients in between, however much has come in`() async throws {
    let log = Log()
    let noting = Answering { request, _ in log.note(String(decoding: request.path, as: UTF8.self)) }
    try await withServer(noting) { server in
      let (greedy, modest) = (try await server.connect(), try await server.connect())
      // Both are known to the server before either asks.
      await server.wait { $0.connections == 2 }
      for _ in 0..<10 { await turn(of: server.loop) }
      let many = String(repeating: "GET /greedy HTTP/1.1\r\nHost: x\r\n\r\n", count: 400)
      try await greedy.send(many)
      try await modest.send("GET /modest HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try await modest.receiveAnswer()
      let before = log.lines.prefix { $0 == "/greedy" }.count
      #expect(
        before <= 2 * Turn.requests, "\(before) requests were answered before another client's")
      greedy.close()
      modest.close()
    }
  }

  @Test func `in turns holds for a stream whose client reads as fast as it comes`() async throws {
    let streaming = Answering { _, response in
      let stream = try await response.stream()
      for _ in 0..<64 { try await stream.write([UInt8](repeating: 0, count: 1 << 10)) }
      stream.finish()
    }
    try await withServer(streaming) { server in
      let client = try await server.connect()
      async let other: Int = {
        var turns = 0
        while server.server.counts.finishedRequests == 0 {
          await Task.yield()
          turns += server.server.counts.runningRequests
        }
        return turns
      }()
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      _ = try await client.receiveAll()
      #expect(await other >= 64 / Turn.requests - 1)
      client.close()
    }
  }
}
