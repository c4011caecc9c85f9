import RunSupport
import Testing

@testable import Platform

/// Programs that a process starts, and how they end.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct ChildTests {
  @Test func `a child's status is told once`() throws {
    let child = try startChild(running: "exit 3")
    #expect(waitForEnd(ofChild: child) == .exit(status: 3))
    #expect(waitForEnd(ofChild: child) == nil)
    #expect(endOfChild(child) == nil)
  }

  @Test func `a child runs until a signal ends it`() throws {
    for signal in [SystemSignal.terminate, .kill] {
      let child = try startChild(running: "exec sleep 60")
      #expect(endOfChild(child) == nil)
      send(signal, toChild: child)
      #expect(waitForEnd(ofChild: child) == .signal(signal.number))
    }
  }

  @Test func `a signal reaches what a child has started too`() throws {
    // Its parent ends only when that has ended: by the signal, or after a minute.
    let child = try startChild(
      running: "exec 2>&-; trap '' TERM; (trap - TERM; exec sleep 60); exit 7")
    // Until the signal finds the trap in place, it may end the shell itself.
    var end: ProcessEnd?
    while end == nil {
      send(.terminate, toChild: child)
      pause(milliseconds: 1)
      end = endOfChild(child)
    }
    #expect(end == .exit(status: 7) || end == .signal(SystemSignal.terminate.number))
  }

  #if os(Linux)
    @Test func `a process's processor time is known, and grows`() throws {
      let first = try #require(processorSeconds(of: processID))
      var sum = 0
      for number in 0..<1_000_000 { sum ^= number }
      #expect(sum >= 0)
      let second = try #require(processorSeconds(of: processID))
      #expect(first > 0)
      #expect(second > first)
      #expect(processorSeconds(of: -1) == nil)
    }
  #endif
}
