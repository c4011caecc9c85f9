import HTTP
import JSON
import Loop
import RunSupport
import Synchronization
import Testing

/// The promise of step 3, put to the program itself: what was answered OK survives kill -9, and
/// nothing is there that no client wrote.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10))) struct KillTests {
  /// What one client did to its own key: its values are 1, 2, 3, ….
  private struct Fate: Sendable {
    var sent = 0
    var acknowledged = 0
  }

  @Test func `kill -9 under load, twenty times, loses no acknowledged write`() async throws {
    let directory = try ScratchDirectory()
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    var fates = Array(repeating: Fate(), count: 16)
    var random = SystemRandomNumberGenerator()
    for round in 1...20 {
      let program = try Program("step-3-wal-persistence", ["-data-dir", directory.path])
      try await check(fates, on: program.port, loop, round: round)
      let delay = Duration.milliseconds(Int.random(in: 5...120, using: &random))
      let before = fates
      fates = await withTaskGroup(of: (Int, Fate).self) { group in
        for client in before.indices {
          group.addTask(executorPreference: loop) {
            (client, await write(client, since: before[client], on: program.port))
          }
        }
        try? await Task.sleep(for: delay)
        program.kill()
        var fates = before
        for await (client, fate) in group { fates[client] = fate }
        return fates
      }
    }
    let program = try Program("step-3-wal-persistence", ["-data-dir", directory.path])
    try await check(fates, on: program.port, loop, round: 21)
    program.kill()
    #expect(fates.map(\.acknowledged).reduce(0, +) > 200, "there must have been a load")
  }

  /// Writes until the server is gone.
  private func write(_ client: Int, since fate: Fate, on port: UInt16) async -> Fate {
    var fate = fate
    guard
      let connection = try? await ClientConnection.connect(to: "127.0.0.1", port: port)
    else { return fate }
    defer { connection.close() }
    while true {
      fate.sent += 1
      let body = Array(#"{"key":"client/\#(client)","value":"\#(fate.sent)"}"#.utf8)
      let answer = try? await connection.perform(ClientRequest(.post, "/put", body: body))
      guard let answer, answer.status == .ok else { return fate }
      fate.acknowledged = fate.sent
    }
  }

  @concurrent private func check(
    _ fates: [Fate], on port: UInt16, _ loop: EventLoop, round: Int
  ) async throws {
    let values = try await loop.run {
      let connection = try await ClientConnection.connect(
        to: "127.0.0.1", port: port, within: .seconds(60))
      defer { connection.close() }
      var values: [Int] = []
      for client in fates.indices {
        let answer = try await connection.perform(
          ClientRequest(.get, "/get?key=client/\(client)"))
        let text = try JSONDocument(answer.body).root["value"]?.string ?? ""
        values.append(Int(text) ?? 0)
      }
      return values
    }
    for (fate, value) in zip(fates, values) {
      #expect(value >= fate.acknowledged, "round \(round): an acknowledged write is missing")
      #expect(value <= fate.sent, "round \(round): nobody wrote this")
    }
  }
}
