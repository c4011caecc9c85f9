import LoopSupport
import Platform
import RunSupport
import Testing

@testable import Loop

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `An event loop` {
  @Test(arguments: Waiting.allCases)
  func `runs a task, its children and what follows an await on its own thread`(
    waiting: Waiting
  ) async throws {
    try await onLoop(waiting: waiting) { loop in
      #expect(loop.isCurrent)
      #expect(EventLoop.current === loop)
      await withTaskGroup { group in
        for _ in 0..<10 { group.addTask { #expect(loop.isCurrent) } }
      }
      try await Task.sleep(for: .milliseconds(1))
      #expect(loop.isCurrent)
      await Task.yield()
      #expect(loop.isCurrent)
    }
  }

  @Test func `is nobody's current one on other threads`() async throws {
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    await withUnsafeContinuation { continuation in
      Platform.startThread {
        #expect(EventLoop.current == nil)
        #expect(!loop.isCurrent)
        continuation.resume()
      }
    }
  }

  @Test func `runs what is resumed from another thread`() async throws {
    try await onLoop { loop in
      for round in 0..<200 {
        let answer = await withUnsafeContinuation { continuation in
          // A thread of the runtime's pool; `Task` leaves the loop.
          Task { continuation.resume(returning: round) }
        }
        #expect(answer == round)
        #expect(loop.isCurrent)
      }
    }
  }

  @Test func `lets two loops resume each other`() async throws {
    try await onLoop { first in
      try await onLoop { second in
        for _ in 0..<200 {
          await first.run { #expect(first.isCurrent) }
          #expect(second.isCurrent)
        }
      }
    }
  }

  @Test func `does the work for the end of a turn once, after all tasks of the turn`() async throws
  {
    try await onLoop { loop in
      let log = Log()
      await turn(of: loop)
      await withTaskGroup { group in
        for _ in 0..<3 {
          group.addTask {
            if log.lines.isEmpty { loop.atEndOfTurn { log.note("end") } }
            log.note("task")
            await Task.yield()
            log.note("task")
          }
        }
      }
      await turn(of: loop)
      #expect(log.lines == Array(repeating: "task", count: 6) + ["end"])
    }
  }

  @Test(arguments: Waiting.allCases)
  func `hears of its sockets while tasks resume each other for ever`(waiting: Waiting) async throws
  {
    try await onLoop(waiting: waiting) { loop in
      let (near, far) = try socketPair(on: loop)
      let spinner = Task(executorPreference: loop) {
        while !Task.isCancelled { await Task.yield() }
      }
      _ = try [1].withUnsafeBytes { try far.write($0) }
      try await near.readable()
      spinner.cancel()
      await spinner.value
      near.close()
      far.close()
    }
  }

  @Test func `takes the time from its clock once a turn`() async throws {
    let clock = ManualClock()
    try await onLoop(clock: clock) { loop in
      let before = loop.time
      await clock.advance(5, on: loop)
      #expect(loop.time.uptime == before.uptime + 5)
      #expect(loop.time.wall == before.wall + 5)
    }
  }

  @Test func `reads the system's time`() {
    let (first, second) = (LoopTime.now(), LoopTime.now())
    #expect(second.uptime - first.uptime <= 1)
    // After 2025 and before 2100.
    #expect((1_735_689_600..<4_102_444_800).contains(first.wall))
  }
}
