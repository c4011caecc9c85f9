import Foundation
import Platform
import RunSupport
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10))) struct WaitingTests {
  /// What the kernel's queue and poll say of a descriptor, without waiting; nil: nothing.
  private func reports(_ descriptor: Int32, _ interest: Readiness) throws -> [Readiness?] {
    var found: [Readiness?] = [nil, nil]
    let queue = try EventQueue(eventsAtOnce: 4)
    try queue.add(descriptor, interest, tag: 1 << 60 | 7)
    queue.wait(milliseconds: 0) { tag, readiness in
      #expect(tag == 1 << 60 | 7)
      found[0] = readiness
    }
    var list = PollList()
    list.append(descriptor, interest)
    list.wait(milliseconds: 0) { place, reported, readiness in
      #expect(place == 0 && reported == descriptor)
      found[1] = readiness
    }
    return found
  }

  @Test func `both ways to wait report the same`() throws {
    let all: Readiness = [.readable, .writable, .ended]
    let (one, other) = try openSocketPair()
    #expect(try reports(one, .readable) == [nil, nil])
    #expect(try reports(one, all) == [.writable, .writable])
    writeByte(1, to: other)
    #expect(try reports(one, .readable) == [.readable, .readable])
    #expect(try reports(one, all) == [[.readable, .writable], [.readable, .writable]])
    endSending(other)
    #expect(try reports(one, all) == [all, all])
    Platform.close(other)
    // Asked for nothing, they say that the connection is gone.
    #expect(try reports(one, []) == [.broken, .broken])
    Platform.close(one)
  }

  @Test func `what a queue has been asked about it reports once, and nothing once it is removed`()
    throws
  {
    let (readEnd, writeEnd) = try openWakeUp()
    let queue = try EventQueue(eventsAtOnce: 4)
    try queue.add(readEnd, .readable, tag: 1)
    writeWord(1, to: writeEnd)
    var reports = 0
    for _ in 0..<2 { queue.wait(milliseconds: 0) { _, _ in reports += 1 } }
    #expect(reports == 1)
    writeWord(1, to: writeEnd)
    queue.remove(readEnd)
    queue.wait(milliseconds: 0) { _, _ in reports += 1 }
    #expect(reports == 1)
    Platform.close(readEnd)
    if writeEnd != readEnd { Platform.close(writeEnd) }
  }

  @Test func `a wait for room ends when a pipe is full, and the time is over`() throws {
    let ends = try openPipe()
    defer { for end in [ends.readEnd, ends.writeEnd] { Platform.close(end) } }
    #expect(waitForRoom(in: ends.writeEnd, milliseconds: -1))
    var written = 0
    let page = [UInt8](repeating: 0, count: 4096)
    while waitForRoom(in: ends.writeEnd, milliseconds: 0) {
      written += try page.withUnsafeBytes { try Platform.write($0, to: ends.writeEnd) }
    }
    #expect(written > 0)
    #expect(!waitForRoom(in: ends.writeEnd, milliseconds: 1))
  }

  @Test func `a monitor's wait ends by a signal, or when its time is over and not before`() async {
    let monitor = Monitor()
    let start = ContinuousClock.now
    monitor.lock()
    monitor.wait(atMost: .milliseconds(20))
    monitor.unlock()
    #expect(ContinuousClock.now - start >= .milliseconds(20))

    nonisolated(unsafe) var isDone = false
    Platform.startThread {
      monitor.lock()
      isDone = true
      monitor.unlock()
      monitor.signal()
    }
    monitor.lockUntil { isDone }
    monitor.destroy()
  }

  @Test func `a thread's slot is empty until the thread sets it, and is its own`() async {
    let slot = ThreadSlot()
    let pointer = UnsafeMutableRawPointer(bitPattern: 64)
    let seen: [Bool] = await withUnsafeContinuation { continuation in
      Platform.startThread {
        let before = slot.pointer == nil
        slot.set(UnsafeMutableRawPointer(bitPattern: 64))
        let after = slot.pointer == UnsafeMutableRawPointer(bitPattern: 64)
        Platform.startThread {
          continuation.resume(returning: [before, after, slot.pointer == nil])
        }
      }
    }
    #expect(pointer != nil && seen == [true, true, true])
  }
}

extension Monitor {
  /// Waits, with the lock, until `isTrue` says so.
  fileprivate func lockUntil(_ isTrue: () -> Bool) {
    lock()
    while !isTrue() { wait() }
    unlock()
  }
}
