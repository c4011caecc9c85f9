import Platform
import RunSupport
import Testing

@testable import Loop

@Suite(.inTurn, .timeLimit(.minutes(10))) struct MailboxTests {
  /// What a thread of its own receives in one go.
  private func received(
    from mailbox: Mailbox<Int>, until end: ContinuousClock.Instant?
  ) async -> [Int] {
    await withCheckedContinuation { continuation in
      Platform.startThread {
        var elements: [Int] = []
        mailbox.receive(into: &elements, until: end)
        continuation.resume(returning: elements)
      }
    }
  }

  @Test func `what was sent is received in order, all at a time`() async {
    let mailbox = Mailbox<Int>()
    for number in 1...3 { #expect(mailbox.post(number)) }
    #expect(await received(from: mailbox, until: nil) == [1, 2, 3])
    #expect(mailbox.count == 0)
  }

  @Test func `a receiver that sleeps is woken, with or without an end to its wait`() async {
    for end in [nil, ContinuousClock.now + .seconds(3600)] {
      let mailbox = Mailbox<Int>()
      async let elements = received(from: mailbox, until: end)
      await Task.yield()
      #expect(mailbox.post(7))
      #expect(await elements == [7])
    }
  }

  @Test func `a receiver is not kept waiting by a loop that is still busy with its turn`()
    async throws
  {
    let (busy, other) = (try EventLoop.start(), try EventLoop.start())
    defer {
      busy.shutDown()
      other.shutDown()
    }
    let mailbox = Mailbox<Int>()
    let elements = Task { await received(from: mailbox, until: nil) }
    while !mailbox.hasSleepingReceiver { await Task.yield() }
    // This loop is to wake the receiver at the end of a turn, which does not end before another
    // loop's element is received.
    await busy.run {
      mailbox.post(1)
      Task(executorPreference: other) { mailbox.post(2) }
      let end = ContinuousClock.now + .seconds(60)
      while mailbox.count > 0 && ContinuousClock.now < end {}
      #expect(mailbox.count == 0)
    }
    #expect(await elements.value == [1, 2])
  }

  @Test func `a wait ends when nothing comes, and not before`() async {
    let mailbox = Mailbox<Int>()
    let end = ContinuousClock.now + .milliseconds(1200)
    #expect(await received(from: mailbox, until: end).isEmpty)
    #expect(ContinuousClock.now >= end)
    #expect(await received(from: mailbox, until: .now - .seconds(1)).isEmpty)
  }

  @Test func `a closed mailbox refuses, and gives back what nobody received`() {
    let mailbox = Mailbox<Int>()
    mailbox.post(1)
    #expect(mailbox.close() == [1])
    #expect(!mailbox.post(2))
  }
}
