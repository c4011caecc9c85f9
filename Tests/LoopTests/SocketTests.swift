import LoopSupport
import RunSupport
import Testing

@testable import Loop

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A socket` {
  @Test(arguments: Waiting.allCases)
  func `waits until something can be read`(waiting: Waiting) async throws {
    try await onLoop(waiting: waiting) { loop in
      let (near, far) = try socketPair(on: loop)
      var text: [UInt8] = []
      async let written: Void = {
        for byte in UInt8(0)..<100 {
          await turn(of: loop)
          _ = try [byte].withUnsafeBytes { try far.write($0) }
        }
        far.close()
      }()
      var buffer: [UInt8] = Array(repeating: 0, count: 7)
      while true {
        try await near.readable()
        guard let count = try buffer.withUnsafeMutableBytes({ try near.read(into: $0) }) else {
          continue
        }
        if count == 0 { break }
        text += buffer[..<count]
      }
      try await written
      #expect(text == Array(0..<100))
      near.close()
    }
  }

  @Test(arguments: Waiting.allCases)
  func `waits until the other side has read`(waiting: Waiting) async throws {
    try await onLoop(waiting: waiting) { loop in
      let (near, far) = try socketPair(on: loop)
      let total = 8 << 20
      async let received: Int = {
        var buffer: [UInt8] = Array(repeating: 0, count: 100_000)
        var sum = 0
        while true {
          try await far.readable()
          guard let count = try buffer.withUnsafeMutableBytes({ try far.read(into: $0) }) else {
            continue
          }
          if count == 0 { return sum }
          sum += count
        }
      }()
      let bytes = [UInt8](repeating: 7, count: total)
      var sent = 0
      var waits = 0
      while sent < total {
        if let count = try bytes[sent...].withUnsafeBytes({ try near.write($0) }) {
          sent += count
        } else {
          waits += 1
          try await near.writable()
        }
      }
      near.close()
      #expect(try await received == total)
      #expect(waits > 0)
      far.close()
    }
  }

  @Test(arguments: Waiting.allCases)
  func `tells an end of sending from a broken connection`(waiting: Waiting) async throws {
    try await onLoop(waiting: waiting) { loop in
      let (near, far) = try socketPair(on: loop)
      far.finishSending()
      try await near.readable()
      #expect(near.hasEnded && !near.isBroken)
      far.close()
      await until { near.isBroken }
      near.close()
    }
  }

  @Test(arguments: Waiting.allCases)
  func `reads all that came before the end`(waiting: Waiting) async throws {
    try await onLoop(waiting: waiting) { loop in
      let (near, far) = try socketPair(on: loop)
      _ = try ([1, 2, 3] as [UInt8]).withUnsafeBytes { try far.write($0) }
      far.close()
      var counts: [Int] = []
      var buffer: [UInt8] = Array(repeating: 0, count: 10)
      while counts.last != 0 {
        try await near.readable()
        if let count = try buffer.withUnsafeMutableBytes({ try near.read(into: $0) }) {
          counts.append(count)
        }
      }
      #expect(counts == [3, 0])
      near.close()
    }
  }

  @Test func `lets a wait end at its deadline, and the next one begin anew`() async throws {
    let clock = ManualClock()
    try await onLoop(clock: clock) { loop in
      let (near, far) = try socketPair(on: loop)
      for _ in 0..<2 {
        near.expire(at: loop.time.uptime + 10)
        async let failure = failure(of: { try await near.readable() })
        await until { near.isWaitingToRead }
        await clock.advance(10, on: loop)
        #expect(near.isWaitingToRead, "ten seconds are not over while the tenth lasts")
        await clock.advance(1, on: loop)
        #expect(await failure == "timed out")
      }
      near.close()
      far.close()
    }
  }

  @Test func `whose peer never pauses lets other tasks have their turn`() async throws {
    try await onLoop { loop in
      let (near, far) = try socketPair(on: loop)
      _ = try ([1] as [UInt8]).withUnsafeBytes { try far.write($0) }
      try await near.readable()
      let log = Log()
      async let other: Void = {
        for _ in 0..<100 {
          log.note("other")
          await Task.yield()
        }
      }()
      for _ in 0..<100 { try await near.readable() }
      #expect(log.count >= 99)
      await other
      near.close()
      far.close()
    }
  }

  @Test func `waits no longer than its deadline for a peer that never pauses`() async throws {
    let clock = ManualClock()
    try await onLoop(clock: clock) { loop in
      let (near, far) = try socketPair(on: loop)
      _ = try ([1] as [UInt8]).withUnsafeBytes { try far.write($0) }
      try await near.readable()
      near.expire(at: loop.time.uptime + 10)
      await clock.advance(10, on: loop)
      try await near.readable()
      await clock.advance(1, on: loop)
      await #expect(throws: SocketError.timedOut) { try await near.readable() }
      near.interrupt()
      await #expect(throws: SocketError.interrupted) { try await near.readable() }
      near.close()
      far.close()
    }
  }

  @Test func `without a deadline waits for ever`() async throws {
    let clock = ManualClock()
    try await onLoop(clock: clock) { loop in
      let (near, far) = try socketPair(on: loop)
      near.expire(at: loop.time.uptime + 1)
      near.expire(at: .max)
      async let wait: Void = near.readable()
      await until { near.isWaitingToRead }
      await clock.advance(1_000_000, on: loop)
      #expect(near.isWaitingToRead)
      far.close()
      try await wait
      near.close()
    }
  }

  @Test func `interrupted, ends all waits and allows no new ones`() async throws {
    try await onLoop { loop in
      let (near, far) = try socketPair(on: loop)
      async let failure = failure(of: { try await near.readable() })
      await until { near.isWaitingToRead }
      near.interrupt()
      #expect(await failure == "interrupted")
      await #expect(throws: SocketError.interrupted) { try await near.readable() }
      near.close()
      far.close()
    }
  }

  @Test func `closed, neither reads nor writes through its old descriptor`() async throws {
    try await onLoop { loop in
      let (near, far) = try socketPair(on: loop)
      async let failure = failure(of: { try await near.readable() })
      await until { near.isWaitingToRead }
      near.close()
      near.close()
      #expect(await failure == "interrupted")
      // By now the descriptor may be somebody else's.
      #expect(throws: SocketError.interrupted) {
        try [1].withUnsafeBytes { try near.write($0) }
      }
      var buffer: [UInt8] = [0]
      #expect(throws: SocketError.interrupted) {
        try buffer.withUnsafeMutableBytes { try near.read(into: $0) }
      }
      far.close()
    }
  }

  @Test func `does not get the events of an earlier one with its descriptor`() async throws {
    try await onLoop { loop in
      let earlier = Socket(7, registration: 1, loop: loop)
      let later = Socket(7, registration: 2, loop: loop)
      var table = SocketTable()
      table.insert(earlier)
      #expect(table.socket(7, registration: 1) === earlier)
      table.remove(earlier)
      #expect(table.socket(7, registration: 1) == nil)
      table.insert(later)
      #expect(table.socket(7, registration: 1) == nil)
      #expect(table.socket(7, registration: 2) === later)
      table.remove(earlier)
      #expect(table.count == 1, "an old socket cannot remove the new one")
      for descriptor: Int32 in [-1, 6, 8, 9999] {
        #expect(table.socket(descriptor, registration: 2) == nil)
      }
    }
  }
}
