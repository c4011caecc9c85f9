import Platform
import RunSupport
import Testing

@testable import Loop

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A wake-up` {
  @Test func `ends one wait by poll, and not the next`() throws {
    let wakeUp = try WakeUp()
    defer { wakeUp.close() }
    let poller = PollPoller(wakeUp: wakeUp)
    wakeUp.signal()
    wakeUp.signal()
    poller.wait(for: SocketTable(), milliseconds: -1)
    var list = PollList()
    list.append(wakeUp.readEnd, .readable)
    list.wait(milliseconds: 0) { _, _, _ in Issue.record("it is still readable") }
  }
}
