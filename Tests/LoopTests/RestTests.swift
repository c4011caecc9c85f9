import LoopSupport
import Platform
import RunSupport
import Synchronization
import Testing

@testable import Loop

/// Turns of a loop, which reads its clock once in each.
private final class Turns: Sendable {
  private let count = Atomic(0)

  /// Runs `body` on a loop that counts its turns.
  static func count(
    _ waiting: Waiting, _ body: @Sendable @concurrent (EventLoop, Turns) async throws -> Void
  ) async throws {
    let turns = Turns()
    let loop = try EventLoop.start(waiting: waiting) {
      turns.count.add(1, ordering: .relaxed)
      return LoopTime.now()
    }
    defer { loop.shutDown() }
    try await loop.run { try await body(loop, turns) }
  }

  /// How many there are while nothing happens, for a tenth of a second. Not to wait for something:
  /// a loop that spins turns thousands of times meanwhile.
  func atRest() async throws -> Int {
    let before = count.load(ordering: .relaxed)
    try await Task.sleep(for: .milliseconds(100))
    return count.load(ordering: .relaxed) - before
  }
}

/// What a loop does about sockets that have ended in some way while they are neither read nor
/// closed: nothing, however it waits.
@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A loop rests` {
  private static let few = 20

  @Test(arguments: Waiting.allCases)
  func `while a peer has ended its side`(waiting: Waiting) async throws {
    try await Turns.count(waiting) { loop, turns in
      let (one, other) = try socketPair(on: loop)
      other.finishSending()
      try await one.readable()
      #expect(one.hasEnded && !one.isBroken)
      #expect(try await turns.atRest() < Self.few)
      for socket in [one, other] { socket.close() }
    }
  }

  @Test(arguments: Waiting.allCases)
  func `while a peer that has ended its side does not read`(waiting: Waiting) async throws {
    try await Turns.count(waiting) { loop, turns in
      let (one, other) = try socketPair(on: loop)
      other.finishSending()
      let page = [UInt8](repeating: 1, count: 65_536)
      while try page.withUnsafeBytes({ try one.write($0) }) != nil {}
      let writer = Task(executorPreference: loop) { try await one.writable() }
      await turn(of: loop)
      #expect(try await turns.atRest() < Self.few)
      #expect(!one.isBroken)
      other.close()
      try await writer.value
      #expect(one.isBroken)
      one.close()
    }
  }

  @Test(arguments: Waiting.allCases, [false, true])
  func `once a peer is gone, which it has seen`(
    waiting: Waiting, afterAnEnd: Bool
  ) async throws {
    try await Turns.count(waiting) { loop, turns in
      let (one, other) = try socketPair(on: loop)
      if afterAnEnd {
        other.finishSending()
        try await one.readable()
      }
      other.close()
      await until { one.isBroken }
      #expect(try await turns.atRest() < Self.few)
      one.close()
    }
  }
}
