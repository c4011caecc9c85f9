import Bytes
import Loop
import LoopSupport
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A request` {
  static let messages = [
    "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST /put HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\nhello world",
    "POST /put HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      + "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: z\r\n\r\n",
  ]
  static let answers = ["GET /a?b=c|", "POST /put|hello world", "POST /put|hello world"]

  @Test func `is read alike however its bytes are split in two`() async throws {
    try await withServer(echo) { server in
      let client = try await server.connect()
      for (message, answer) in zip(Self.messages, Self.answers) {
        let bytes = Array(message.utf8)
        for cut in 1..<bytes.count {
          try await client.send(Array(bytes[..<cut]))
          await turn(of: server.loop)
          try await client.send(Array(bytes[cut...]))
          #expect(try await client.receiveAnswer().body == answer, "cut at \(cut)")
        }
      }
      client.close()
    }
  }

  @Test(arguments: Waiting.allCases)
  func `may come byte by byte, one request after the other`(waiting: Waiting) async throws {
    try await withServer(waiting: waiting, echo) { server in
      let client = try await server.connect()
      async let sent: Void = {
        for byte in Self.messages.joined().utf8 {
          try await client.send([byte])
          await turn(of: server.loop)
        }
      }()
      for answer in Self.answers {
        #expect(try await client.receiveAnswer().body == answer)
      }
      try await sent
      client.close()
    }
  }

  @Test func `gives its handler every part of it`() async throws {
    let parts = Answering { request, response in
      func add(_ name: StaticString, _ value: ArraySlice<UInt8>?) {
        response.body.append(name)
        response.body.append(contentsOf: value ?? ["-".utf8.first ?? 0])
        response.body.append("\n")
      }
      add("target ", request.target)
      add("path ", request.path)
      add("query ", request.query)
      add("a ", try request.parameter("a").map { $0[...] })
      add("b ", try request.parameter("b").map { $0[...] })
      add("header ", request.header("x-header"))
      add("missing ", request.header("x-missing"))
      add("body ", request.body)
    }
    try await withServer(parts) { server in
      let client = try await server.connect()
      // The second comes at another place in the buffer than the first.
      let message =
        "PUT /p%20q?a=1+2%2B3&b&a=4 HTTP/1.1\r\nHost: x\r\nX-HEADER:  v w \r\n"
        + "Content-Length: 3\r\n\r\nxyz"
      try await client.send(message + message)
      for _ in 0..<2 {
        #expect(
          try await client.receiveAnswer().body == """
            target /p%20q?a=1+2%2B3&b&a=4
            path /p%20q
            query a=1+2%2B3&b&a=4
            a 1 2+3
            b \n\
            header v w
            missing -
            body xyz\n
            """)
      }
      client.close()
    }
  }

  @Test func `of a megabyte comes through, in one piece or in chunks`() async throws {
    let sizes = [100_000, 1 << 20, 1_200_001]
    // Here and there a byte, at distances that share nothing with any size of a buffer.
    @Sendable func sample(_ body: ArraySlice<UInt8>) -> [UInt8] {
      stride(from: body.startIndex, to: body.endIndex, by: 997).map { body[$0] }
    }
    let sampling = Answering { request, response in
      response.body.append(decimal: request.body.count)
      response.body.append(" ")
      response.body.append(decimal: sample(request.body).hashValue)
    }
    try await withServer(sampling) { server in
      let client = try await server.connect()
      for size in sizes {
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let expected = "\(size) \(sample(body[...]).hashValue)"
        try await client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
        try await client.send(body)
        #expect(try await client.receiveAnswer().body == expected)

        try await client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        var rest = body[...]
        while !rest.isEmpty {
          let piece = rest.prefix(70_001)
          rest = rest.dropFirst(piece.count)
          try await client.send("\(String(piece.count, radix: 16))\r\n")
          try await client.send(Array(piece) + Array("\r\n".utf8))
        }
        try await client.send("0\r\n\r\n")
        #expect(try await client.receiveAnswer().body == expected)
      }
      client.close()
    }
  }

  @Test func `that expects 100 Continue is told to go on, once, before its body`() async throws {
    try await withServer(echo) { server in
      let client = try await server.connect()
      for body in [
        "Content-Length: 2\r\n\r\n|hi", "Transfer-Encoding: chunked\r\n\r\n|2\r\nhi\r\n0\r\n\r\n",
      ] {
        let parts = body.split(separator: "|")
        try await client.send(
          "POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\(parts[0])")
        #expect(try await client.receive(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        for byte in parts[1].utf8 {
          try await client.send([byte])
          await turn(of: server.loop)
        }
        let (head, text) = try await client.receiveAnswer()
        #expect(head.hasPrefix("HTTP/1.1 200 OK\n"))
        #expect(text == "POST /e|hi")
      }
      client.close()
    }
  }

  @Test func `that expects 100 Continue but has sent its body is just answered`() async throws {
    try await withServer(echo) { server in
      let answer = try await server.answer(
        to: "POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi")
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
  }

  @Test func `cut short by the client's leaving is never handled, and it is told so`() async throws
  {
    let handled = Log()
    let noting = Answering { request, _ in handled.note("\(request.body.count)") }
    try await withServer(noting) { server in
      for message in Self.messages.map({ Array($0.utf8) }) {
        for length in 1..<message.count {
          let client = try await server.connect()
          try await client.send(Array(message[..<length]))
          client.finishSending()
          let answer = try await client.receiveAll()
          #expect(
            answer.hasSuffix("400 Bad Request: the request is cut short\n"), "\(length) bytes")
          client.close()
        }
      }
      #expect(handled.lines.isEmpty)
    }
  }
}
