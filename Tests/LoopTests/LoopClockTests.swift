import LoopSupport
import RunSupport
import Testing

@testable import Loop

@Suite(.inTurn, .timeLimit(.minutes(10))) struct LoopClockTests {
  @Test(arguments: [0, 1, 30])
  func `a sleep ends, and not too early`(milliseconds: Int) async throws {
    try await onLoop { _ in
      let clock = LoopClock()
      let begun = clock.now
      try await clock.sleep(for: .milliseconds(milliseconds))
      #expect(clock.now - begun >= .milliseconds(milliseconds))
    }
  }

  @Test func `sleepers wake in the order of their deadlines`() async throws {
    try await onLoop { loop in
      let start = LoopClock().now
      let order = try await withThrowingTaskGroup(of: Int.self) { group in
        for milliseconds in [40, 10, 30, 20] {
          group.addTask {
            try await LoopClock().sleep(until: start + .milliseconds(milliseconds))
            return milliseconds
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(order == [10, 20, 30, 40])
      #expect(loop.sleeperCount == 0)
    }
  }

  @Test func `a cancelled sleep ends at once and leaves nothing behind`() async throws {
    try await onLoop { loop in
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<100 {
          group.addTask { (try? await LoopClock().sleep(for: .seconds(3600))) == nil }
        }
        await until { loop.sleeperCount >= 100 }
        group.cancelAll()
        for await isCancelled in group { #expect(isCancelled) }
      }
      #expect(loop.sleeperCount == 0)
    }
  }

  @Test func `a sleep is cancelled from another thread while the loop waits`() async throws {
    let loop = try EventLoop.start()
    let task = Task {
      await loop.run { try? await LoopClock().sleep(for: .seconds(3600)) }
    }
    await until { loop.sleeperCount > 0 }
    task.cancel()
    await task.value
    #expect(loop.sleeperCount == 0)
    loop.shutDown()
  }

  @Test func `a sleep off the loops is the system's`() async throws {
    #expect(EventLoop.current == nil)
    try await LoopClock().sleep(for: .milliseconds(1))
  }
}
