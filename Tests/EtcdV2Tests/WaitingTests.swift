import HTTP
import RunSupport
import ServingSupport
import Store
import Testing
import Watch

@Suite(.inTurn, .timeLimit(.minutes(10))) struct WaitingTests {
  /// A connection on which a wait has begun.
  private func begin(_ line: String, _ serving: Serving) async throws -> ClientConnection {
    let connection = try await serving.connect()
    try await connection.send(Question(line).request(in: ""))
    return connection
  }

  /// As withEtcd, on the server's loop, where clients' connections live.
  private func withWaiting(
    _ body: @escaping @Sendable (Serving, OurServer) async throws -> Void
  ) async throws {
    try await withEtcd { serving, ours async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask(executorPreference: serving.loop) { try await body(serving, ours) }
        try await group.waitForAll()
      }
    }
  }

  private func piece(_ connection: ClientConnection) async throws -> String {
    String(decoding: try await connection.nextPiece() ?? [], as: UTF8.self)
  }

  @Test func `fact 44: the head comes at once, with the index at which the wait began`()
    async throws
  {
    try await withWaiting { serving, _ async throws in
      let connection = try await begin("GET /a?wait=true", serving)
      let head = try await connection.receiveHead()
      #expect(head.status == .ok)
      #expect(head.text(of: "x-etcd-index") == "3")
      #expect(head.text(of: "x-raft-index") == "3")
      #expect(head.text(of: "x-etcd-cluster-id") == "c0ffee00")
      #expect(head.text(of: "transfer-encoding") == "chunked")
      let put = try await serving.body("PUT /a value=1")
      #expect(try await piece(connection) == put)
      #expect(try await connection.nextPiece() == nil)
      // The connection goes on.
      let get = try await connection.perform(Question("GET /a").request(in: ""))
      #expect(get.text.contains(#""value":"1""#))
    }
  }

  @Test func `a wait without end: a stream tells every event, a line each`() async throws {
    try await withWaiting { serving, ours async throws in
      let connection = try await begin("GET /d?wait=true&stream=true&recursive=true", serving)
      _ = try await connection.receiveHead()
      for line in ["PUT /d/a value=1", "PUT /d/b/c value=2", "DELETE /d/a"] {
        let event = try await serving.body(line)
        #expect(try await piece(connection) == event)
      }
      // Fact 36: not of what is hidden.
      _ = try await serving.ask("PUT /d/_h/x value=1")
      _ = try await serving.ask("PUT /dd value=1")
      let last = try await serving.body("DELETE /d?recursive=true")
      #expect(try await piece(connection) == last)
      connection.close()
      while ours.hub.count > 0 { try? await Task.sleep(for: .milliseconds(1)) }
    }
  }

  @Test func `fact 52: a stream on a key itself hears of its end once`() async throws {
    try await withWaiting { serving, _ async throws in
      _ = try await serving.ask("PUT /a value=1")
      let connection = try await begin("GET /a?wait=true&stream=true", serving)
      _ = try await connection.receiveHead()
      let gone = try await serving.body("DELETE /a")
      #expect(try await piece(connection) == gone)
      let back = try await serving.body("PUT /a value=2")
      #expect(try await piece(connection) == back)
      connection.close()
    }
  }

  @Test func `fact 53: a stream from the past goes on with the present`() async throws {
    try await withWaiting { serving, _ async throws in
      let first = try await serving.body("PUT /a value=1")
      let second = try await serving.body("PUT /a value=2")
      let connection = try await begin("GET /a?wait=true&stream=true&waitIndex=4", serving)
      _ = try await connection.receiveHead()
      var told = ""
      while told.utf8.count < (first + second).utf8.count { told += try await piece(connection) }
      #expect(told == first + second)
      let third = try await serving.body("PUT /a value=3")
      #expect(try await piece(connection) == third)
      connection.close()
    }
  }

  @Test func `fact 47: a name that merely begins like a removed directory is not concerned`()
    async throws
  {
    try await withWaiting { serving, _ async throws in
      _ = try await serving.ask("PUT /d/x value=1")
      _ = try await serving.ask("DELETE /d?recursive=true")
      let connection = try await begin("GET /dxyz?wait=true&waitIndex=5", serving)
      _ = try await connection.receiveHead()
      let put = try await serving.body("PUT /dxyz value=1")
      #expect(try await piece(connection) == put)
      connection.close()
    }
  }

  @Test func `facts 43 and 46: history skips a refresh, and goes live when nothing matches`()
    async throws
  {
    try await withWaiting { serving, _ async throws in
      _ = try await serving.ask("PUT /a value=1 ttl=100")
      _ = try await serving.ask("PUT /a refresh=true ttl=100")
      let live = try await begin("GET /a?wait=true&waitIndex=5", serving)
      let future = try await begin("GET /a?wait=true&waitIndex=7", serving)
      _ = try await live.receiveHead()
      _ = try await future.receiveHead()
      let third = try await serving.body("PUT /a value=3")
      let fourth = try await serving.body("PUT /a value=4")
      #expect(try await piece(live) == third)
      #expect(try await piece(future) == fourth)
      // Fact 36: history shows what is hidden.
      let hidden = try await serving.body("PUT /d/_h value=1")
      #expect(try await serving.body("GET /d?wait=true&recursive=true&waitIndex=8") == hidden)
    }
  }

  @Test func `fact 48: what is forgotten is refused, with the oldest that is known`() async throws {
    try await withWaiting { serving, _ async throws in
      for value in 0...1_000 { _ = try await serving.ask("PUT /k value=\(value)") }
      let answer = try await serving.ask("GET /k?wait=true&waitIndex=4")
      #expect(answer.status.rawValue == 400)
      #expect(answer.text(of: "x-etcd-index") == "1004")
      #expect(
        answer.text == """
          {"errorCode":401,"message":"The event in requested index is outdated and cleared",\
          "cause":"the requested history has been cleared [5/4]","index":1004}

          """)
      let oldest = try await serving.body("GET /k?wait=true&waitIndex=5")
      #expect(oldest.contains(#""value":"1","modifiedIndex":5"#))
    }
  }

  @Test func `fact 54: a stream is cut off when more than a hundred events wait for its reader`()
    async throws
  {
    try await withWaiting { serving, ours async throws in
      let connection = try await begin("GET /a?wait=true&stream=true", serving)
      _ = try await connection.receiveHead()
      // This is the loop's thread: while it writes, the stream cannot fetch an event.
      for _ in 0..<250 { _ = ours.store.applyNext(Put(try path("/a"), [])) }
      #expect(ours.hub.count == 0)
      var told = ""
      while let piece = try await connection.nextPiece() {
        told += String(decoding: piece, as: UTF8.self)
      }
      // One was on its way when a hundred waited.
      #expect(told.split(separator: "\n").count == 101)
      connection.close()
    }
  }

  @Test func `a client that leaves is not waited for`() async throws {
    try await withWaiting { serving, ours async throws in
      for line in ["GET /a?wait=true", "GET /a?wait=true&stream=true&recursive=true"] {
        let connection = try await begin(line, serving)
        _ = try await connection.receiveHead()
        #expect(ours.hub.count == 1)
        connection.close()
        while ours.hub.count > 0 { try? await Task.sleep(for: .milliseconds(1)) }
      }
    }
  }

  @Test func `a server that stops ends waits with their last chunk, and begins none`() async throws
  {
    try await withWaiting { serving, ours async throws in
      var connections: [ClientConnection] = []
      for wait in ["wait=true", "wait=true&stream=true"] {
        connections.append(try await begin("GET /a?\(wait)", serving))
        _ = try await connections.last?.receiveHead()
      }
      ours.hub.close()
      for connection in connections { #expect(try await connection.nextPiece() == nil) }
      #expect(try await serving.ask("GET /a?wait=true").status == .serviceUnavailable)
    }
  }
}
