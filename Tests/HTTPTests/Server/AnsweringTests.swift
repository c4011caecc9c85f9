import Bytes
import JSON
import Loop
import LoopSupport
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A server answers` {
  @Test(arguments: Waiting.allCases)
  func `with status, date, type and length, in one connection after another`(
    waiting: Waiting
  ) async throws {
    try await withServer(waiting: waiting, clock: ManualClock(), echo) { server in
      for _ in 0..<3 {
        let client = try await server.connect()
        for path in ["/a", "/b?c=d"] {
          try await client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
          let (head, body) = try await client.receiveAnswer()
          #expect(
            head == """
              HTTP/1.1 200 OK
              Date: Sun, 06 Nov 1994 08:49:37 GMT
              Content-Type: text/plain; charset=utf-8
              Content-Length: \(body.utf8.count)
              """)
          #expect(body == "GET \(path)|")
        }
        client.close()
      }
    }
  }

  @Test func `HEAD as GET, but without the body`() async throws {
    let hello = Answering { _, response in
      response.contentType = .json
      response.body.append("hello")
    }
    try await withServer(clock: ManualClock(), hello) { server in
      let get = try await server.answer(to: "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      let head = try await server.answer(to: "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(get == head + "hello")
      #expect(head.contains("Content-Length: 5\r\n"))
    }
  }

  @Test func `without length nor body where the status allows none`() async throws {
    let none = Answering { request, response in
      response.status = request.path.span.equals("/204") ? .noContent : .notModified
      response.contentType = nil
      response.body.append("must not be sent")
    }
    try await withServer(clock: ManualClock(), none) { server in
      for status in ["204 No Content", "304 Not Modified"] {
        let answer = try await server.answer(
          to: "GET /\(status.prefix(3)) HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(
          answer == "HTTP/1.1 \(status)\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n")
      }
    }
  }

  @Test func `with the headers the handler adds, and no line end in them`() async throws {
    let added = Answering { _, response in
      response.addHeader("X-One", "1")
      response.addHeader("X-Two", 2)
      response.addHeader("X-Three", bytes: Array("a\r\nSet-Cookie: b".utf8))
    }
    try await withServer(added) { server in
      let answer = try await server.answer(to: "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer.contains("\r\nX-One: 1\r\nX-Two: 2\r\nX-Three: a  Set-Cookie: b\r\n"))
    }
  }

  @Test func `the next request with nothing left of the one before`() async throws {
    let once = Answering { request, response in
      if request.path.span.equals("/rich") {
        response.status = .created
        response.contentType = .json
        response.addHeader("X-Rich", "yes")
        response.body.append("rich")
      }
    }
    try await withServer(clock: ManualClock(), once) { server in
      let answer = try await server.answer(
        to: "GET /rich HTTP/1.1\r\nHost: x\r\n\r\nGET /poor HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(
        answer.hasSuffix(
          """
          richHTTP/1.1 200 OK\r
          Date: Sun, 06 Nov 1994 08:49:37 GMT\r
          Content-Type: text/plain; charset=utf-8\r
          Content-Length: 0\r
          \r\n
          """))
    }
  }

  @Test func `what a handler throws`() async throws {
    struct Surprise: Error {}
    let log = Log()
    let throwing = Answering { request, response in
      response.addHeader("X-Kept", "yes")
      response.contentType = .json
      response.body.append("half an answer")
      if request.path.span.equals("/known") { throw HTTPError(.notFound, "no such thing") }
      throw Surprise()
    }
    try await withServer(clock: ManualClock(), log: log.note, throwing) { server in
      let client = try await server.connect()
      for (path, status, text) in [
        ("/known", "404 Not Found", "no such thing\n"),
        ("/surprise", "500 Internal Server Error", "internal server error\n"),
        // Of which the log says no more, for a minute.
        ("/again", "500 Internal Server Error", "internal server error\n"),
      ] {
        try await client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
        let (head, body) = try await client.receiveAnswer()
        #expect(
          head == """
            HTTP/1.1 \(status)
            Date: Sun, 06 Nov 1994 08:49:37 GMT
            Content-Type: text/plain; charset=utf-8
            X-Kept: yes
            Content-Length: \(text.utf8.count)
            """)
        #expect(body == text)
      }
      client.close()
    }
    #expect(
      log.lines == [
        "error event=request_failed method=GET path=/surprise reason=Surprise() skipped=0"
      ])
  }

  @Test(arguments: [
    ("HTTP/1.1\r\nHost: x", true), ("HTTP/1.1\r\nHost: x\r\nConnection: close", false),
    ("HTTP/1.0", false), ("HTTP/1.0\r\nConnection: keep-alive", true),
  ])
  func `and keeps the connection as the version and the client say`(
    rest: String, keeps: Bool
  ) async throws {
    try await withServer(echo) { server in
      let client = try await server.connect()
      try await client.send("GET /a \(rest)\r\n\r\n")
      let (head, _) = try await client.receiveAnswer()
      #expect(head.hasPrefix("HTTP/1.1 200 OK\n"))
      #expect(head.contains("Connection: close") == !keeps)
      #expect(head.contains("Connection: keep-alive") == (keeps && rest.hasPrefix("HTTP/1.0")))
      if keeps {
        try await client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await client.receiveAnswer().body == "GET /a|")
      } else {
        #expect(try await client.receiveAll().isEmpty)
      }
      client.close()
    }
  }

  @Test func `a moment later with a later date`() async throws {
    let clock = ManualClock()
    try await withServer(clock: clock, echo) { server in
      for date in ["08:49:37", "08:49:40"] {
        let answer = try await server.answer(to: "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(answer.contains("Date: Sun, 06 Nov 1994 \(date) GMT\r\n"))
        await clock.advance(3, on: server.loop)
      }
    }
  }
}
