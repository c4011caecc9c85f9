import Bytes
import Loop
import LoopSupport
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A client that leaves` {
  /// Waits at the gate, as one who waits for an event or as one who works, and notes how that
  /// ended.
  private static func waiting(_ gate: Gate, _ log: Log, forEvents: Bool) -> Answering {
    Answering { request, response in
      if forEvents { request.cancelWhenClientLeaves() }
      await gate.wait()
      log.note(Task.isCancelled ? "cancelled" : "done")
      try Task.checkCancellation()
      response.body.append("done")
    }
  }

  @Test(arguments: Waiting.allCases)
  func `by a half-close still gets what it asked for`(waiting: Waiting) async throws {
    let (gate, log) = (Gate(), Log())
    let handler = Self.waiting(gate, log, forEvents: false)
    try await withServer(waiting: waiting, handler) { server in
      let client = try await server.connect()
      let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
      try await client.send(get + get)
      client.finishSending()
      await until { gate.waiting > 0 }
      for _ in 0..<10 { await turn(of: server.loop) }
      gate.open()
      #expect(try await client.receiveAnswer().body == "done")
      #expect(try await client.receiveAnswer().body == "done")
      #expect(try await client.receiveAll().isEmpty)
      client.close()
    }
    #expect(log.lines == ["done", "done"])
  }

  @Test(arguments: Waiting.allCases, [false, true])
  func `ends a wait for events made for it, without an event`(
    waiting: Waiting, halfClose: Bool
  ) async throws {
    let (gate, log) = (Gate(), Log())
    let handler = Self.waiting(gate, log, forEvents: true)
    try await withServer(waiting: waiting, handler) { server in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      await until { gate.waiting > 0 }
      if halfClose { client.finishSending() } else { client.close() }
      // Only a client that reads lets the server end its side at once.
      if halfClose { _ = try await client.receiveAll() }
      client.close()
      await server.wait { $0.connections == 0 }
    }
    #expect(log.lines == ["cancelled"])
  }

  @Test func `before the wait has begun ends it too`() async throws {
    let (gate, log) = (Gate(), Log())
    let begun = Gate()
    let late = Answering { request, response in
      await begun.wait()
      request.cancelWhenClientLeaves()
      await gate.wait()
      log.note(Task.isCancelled ? "cancelled" : "done")
    }
    try await withServer(late) { server in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      client.finishSending()
      await until { begun.waiting > 0 }
      for _ in 0..<10 { await turn(of: server.loop) }
      begun.open()
      _ = try await client.receiveAll()
      client.close()
      await server.wait { $0.connections == 0 }
    }
    #expect(log.lines == ["cancelled"])
  }

  @Test func `after a wait that ended leaves the next request alone`() async throws {
    let (gate, log) = (Gate(), Log())
    let handler = Answering { request, response in
      if request.path.span.equals("/watch") {
        request.cancelWhenClientLeaves()
      } else {
        await gate.wait()
      }
      log.note(Task.isCancelled ? "cancelled" : "done")
    }
    try await withServer(handler) { server in
      let client = try await server.connect()
      try await client.send("GET /watch HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try await client.receiveAnswer()
      try await client.send("GET /put HTTP/1.1\r\nHost: x\r\n\r\n")
      client.finishSending()
      await until { gate.waiting > 0 }
      for _ in 0..<10 { await turn(of: server.loop) }
      gate.open()
      #expect(try await client.receiveAnswer().head.hasPrefix("HTTP/1.1 200 OK"))
      client.close()
    }
    #expect(log.lines == ["done", "done"])
  }

  @Test(arguments: Waiting.allCases, [false, true])
  func `by a reset cancels any handler`(waiting: Waiting, forEvents: Bool) async throws {
    let (gate, log) = (Gate(), Log())
    let handler = Self.waiting(gate, log, forEvents: forEvents)
    try await withServer(waiting: waiting, handler) { server in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      await until { gate.waiting > 0 }
      client.reset()
      await server.wait { $0.connections == 0 }
    }
    #expect(log.lines == ["cancelled"])
  }

  @Test func `by a half-close in the middle of a request is told so`() async throws {
    let log = Log()
    let noting = Answering { request, _ in log.note("\(request.body.count)") }
    try await withServer(noting) { server in
      let message = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
      let chunked =
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
      for text in [message, chunked] {
        for length in stride(from: 1, to: text.utf8.count, by: 5) {
          let answer = try await server.answer(
            to: String(decoding: text.utf8.prefix(length), as: UTF8.self))
          #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"), "\(length) of \(text)")
          #expect(answer.hasSuffix("\r\n\r\n400 Bad Request: the request is cut short\n"))
        }
        // What came before it is answered all the same.
        let both = try await server.answer(to: text + String(text.prefix(20)))
        #expect(both.hasPrefix("HTTP/1.1 200 OK\r\n") && both.hasSuffix("cut short\n"))
      }
      #expect(try await server.answer(to: "").isEmpty)
    }
    #expect(log.lines == ["5", "5"])
  }

  @Test func `by a reset at any place of its request does no harm`() async throws {
    try await withServer(echo) { server in
      let message = Array("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello".utf8)
      for length in 0...message.count {
        let client = try await server.connect()
        try await client.send(Array(message[..<length]))
        if length % 2 == 0 { await turn(of: server.loop) }
        client.reset()
      }
      await server.wait { $0.connections == 0 }
      let answer = try await server.answer(to: "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(answer.hasSuffix("GET /|"))
    }
  }

  @Test func `while a stream is sent to it ends the stream`() async throws {
    let log = Log()
    let endless = Answering { _, response in
      let stream = try await response.stream()
      do {
        while true {
          try await stream.write(Array("more".utf8))
          await Task.yield()
        }
      } catch {
        log.note("ended")
        throw error
      }
    }
    try await withServer(endless) { server in
      let client = try await server.connect()
      try await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
      _ = try await client.receive(through: "more")
      client.close()
      await server.wait { $0.connections == 0 }
    }
    #expect(log.lines == ["ended"])
  }
}
