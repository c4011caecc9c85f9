import Platform
import RunSupport
import Synchronization
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10))) struct BackgroundTests {
  @Test func `the result comes whether the work or the wait is first`() {
    for _ in 0..<200 {
      let mayEnd = Mutex(false)
      let late = Background { () -> Int in
        while !mayEnd.withLock({ $0 }) { Platform.pause(milliseconds: 1) }
        return 7
      }
      let early = Background { 8 }
      #expect(early.wait() == 8)
      mayEnd.withLock { $0 = true }
      #expect(late.wait() == 7)
    }
  }

  @Test func `nothing keeps a result that was handed over`() {
    final class Thing: Sendable {}
    for _ in 0..<500 {
      let background = Background { Thing() }
      var thing = background.wait()
      #expect(isKnownUniquelyReferenced(&thing))
    }
  }
}
