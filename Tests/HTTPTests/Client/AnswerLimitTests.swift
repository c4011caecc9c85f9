import LoopSupport
import RandomSupport
import RunSupport
import Testing

@testable import HTTP

/// What a server may say at most, each limit at its value and one past it.
@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `An answer's size` {
  private static let limit = 1000

  /// What comes of `text`, said by a server that then closes: a body's length, or an error.
  private func result(
    of text: String, limit: Int = limit, inPieces: Bool = false
  ) async throws -> String {
    let log = Log()
    try await withCannedServer { client, server, loop in
      var request = ClientRequest(.get, "/")
      request.answerBytes = limit
      async let sent: Void = client.send(request)
      _ = try await server.receive(through: "\r\n\r\n")
      try await sent
      async let said: Void = {
        // The client may have given up in the middle of it.
        try? await server.send(text)
        server.finishSending()
      }()
      let failure = await failure(of: {
        if inPieces {
          var count = 0
          _ = try await client.receiveHead()
          while let piece = try await client.nextPiece() { count += piece.count }
          log.note("\(count) bytes")
        } else {
          log.note("\(try await client.receive().body.count) bytes")
        }
      })
      if let failure { log.note(failure) }
      client.close()
      await said
    }
    return log.lines.joined(separator: "\n")
  }

  private static func body(_ count: Int) -> String { String(repeating: "x", count: count) }

  /// The ways in which a body's end is said.
  private static let framings: [@Sendable (Int) -> String] = [
    { "Content-Length: \($0)\r\n\r\n" + body($0) },
    { "\r\n" + body($0) },
    {
      "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
        + "\(String($0 - 1, radix: 16))\r\n\(body($0 - 1))\r\n0\r\n\r\n"
    },
  ]

  @Test(arguments: framings.indices)
  func `is limited for each request, however its end is said`(framing: Int) async throws {
    let head = "HTTP/1.1 200 OK\r\n"
    for (count, expected) in [
      (Self.limit, "1000 bytes"), (Self.limit + 1, "malformed answer: body too large"),
    ] {
      let text = head + Self.framings[framing](count)
      #expect(try await result(of: text) == expected)
      #expect(try await result(of: text, inPieces: true) == "\(count) bytes")
    }
  }

  @Test func `is 256 MiB where nothing else is said`() {
    #expect(ClientRequest(.get, "/").answerBytes == 256 << 20)
  }

  @Test(arguments: [
    "Content-Length: 9223372036854775807\r\n\r\nx",
    "Content-Length: 9223372036854775806\r\n\r\nx",
    "Content-Length: 9223372036854775808\r\n\r\nx",
    "Content-Length: 99999999999999999999\r\n\r\nx",
    "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx",
    "Transfer-Encoding: chunked\r\n\r\n8000000000000000\r\nx",
    "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
    "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n7fffffffffffffff\r\nx",
  ])
  func `that is absurd is an error and no trap`(text: String) async throws {
    for limit in [Self.limit, ClientRequest.usualAnswerBytes] {
      let whole = try await result(of: "HTTP/1.1 200 OK\r\n" + text, limit: limit)
      #expect(whole.hasPrefix("malformed answer: "), "\(whole)")
    }
    for limit in [Self.limit, .max] {
      let pieces = try await result(
        of: "HTTP/1.1 200 OK\r\n" + text, limit: limit, inPieces: true)
      #expect(
        pieces.hasPrefix("malformed answer: ")
          || pieces == "connection closed before the answer was complete", "\(pieces)")
    }
  }

  @Test func `of its head and of those before it is limited as well`() async throws {
    let frame = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: \r\n\r\n".utf8.count
    let interim = "HTTP/1.1 100 Continue\r\n\r\n"
    let end = "Content-Length: 0\r\n\r\n"
    for (more, long, lines, heads) in [
      (0, "0 bytes", "0 bytes", "0 bytes"),
      (
        1, "malformed answer: head too large", "malformed answer: too many header lines",
        "malformed answer: too many interim heads"
      ),
    ] {
      let filling = Self.body(Limits().headBytes - frame + more)
      #expect(
        try await result(of: "HTTP/1.1 200 OK\r\nX: \(filling)\r\n\(end)") == long)
      let header = String(repeating: "X: y\r\n", count: Limits().headerCount - 1 + more)
      #expect(try await result(of: "HTTP/1.1 200 OK\r\n\(header)\(end)") == lines)
      let before = String(repeating: interim, count: Limits().interimHeads + more)
      #expect(try await result(of: "\(before)HTTP/1.1 200 OK\r\n\(end)") == heads)
    }
  }

  @Test(arguments: seeds)
  func `never makes more of it than was allowed, whatever bytes come`(seed: UInt64) async throws {
    var random = SeededRandom(seed)
    let numbers = [
      "0", "1", "3e8", "3e9", "1000", "1001", "9223372036854775807", "7fffffffffffffff",
      "-1", "+5", "99999999999999999999",
    ]
    for _ in 0..<rounds(100) {
      var text =
        "HTTP/1.1 \(["200", "204", "100", "304"].randomElement(using: &random) ?? "") OK\r\n"
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let number = numbers.randomElement(using: &random) ?? ""
        text +=
          [
            "Content-Length: \(number)\r\n", "Transfer-Encoding: chunked\r\n", "X: \(number)\r\n",
          ].randomElement(using: &random) ?? ""
      }
      text += "\r\n"
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        let number = numbers.randomElement(using: &random) ?? ""
        text += "\(number)\r\n\(Self.body(Int.random(in: 0...1100, using: &random)))\r\n"
      }
      let result = try await result(of: text, inPieces: random.oneIn(3))
      let count = result.hasSuffix(" bytes") ? Int(result.dropLast(6)) : nil
      #expect(
        count.map { $0 <= 5000 } ?? (result.hasPrefix("malformed") || result.contains("closed")),
        "\(result) of \(text.debugDescription), seed \(seed)")
    }
  }
}
