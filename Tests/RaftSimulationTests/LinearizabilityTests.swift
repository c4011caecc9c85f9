import RunSupport
import Testing

@testable import RaftSimulation

/// The judge of histories is judged by histories whose verdict is known.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct LinearizabilityTests {
  private func read(_ value: UInt32, _ start: Int64, _ end: Int64) -> ClientOperation {
    ClientOperation(key: 0, action: .read, start: start, end: end, outcome: .read(value))
  }

  private func write(_ value: UInt32, _ start: Int64, _ end: Int64) -> ClientOperation {
    ClientOperation(key: 0, action: .write(value), start: start, end: end, outcome: .written(true))
  }

  private func unknownWrite(_ value: UInt32, _ start: Int64) -> ClientOperation {
    ClientOperation(key: 0, action: .write(value), start: start)
  }

  private func swap(
    _ expected: UInt32, _ new: UInt32, _ start: Int64, _ end: Int64, _ succeeded: Bool
  ) -> ClientOperation {
    ClientOperation(
      key: 0, action: .compareAndSwap(expected: expected, new: new), start: start, end: end,
      outcome: .written(succeeded))
  }

  @Test func `good histories are good`() {
    let histories: [[ClientOperation]] = [
      [],
      [read(0, 1, 2)],
      [write(1, 1, 2), read(1, 3, 4)],
      // Overlapping: either order.
      [write(1, 1, 5), read(0, 2, 3)],
      [write(1, 1, 5), read(1, 2, 3)],
      [write(1, 1, 10), write(2, 1, 10), read(1, 11, 12)],
      [write(1, 1, 10), write(2, 1, 10), read(2, 11, 12)],
      // Two readers see two overlapping writes in one order.
      [write(1, 1, 10), write(2, 1, 10), read(1, 2, 3), read(2, 4, 5)],
      // Nobody knows of the write; it may have happened late, early or never.
      [unknownWrite(1, 1), read(0, 2, 3), read(1, 4, 5)],
      [unknownWrite(1, 1), read(0, 2, 3), read(0, 4, 5)],
      [unknownWrite(1, 1), write(2, 2, 3), read(2, 4, 5), read(1, 6, 7)],
      [write(1, 1, 2), swap(1, 2, 3, 4, true), read(2, 5, 6)],
      [write(1, 1, 2), swap(9, 2, 3, 4, false), read(1, 5, 6)],
      // At one instant a call comes before a return: they overlap.
      [write(1, 1, 2), read(0, 2, 3)],
    ]
    for (place, history) in histories.enumerated() {
      #expect(LinearizabilityChecker.isLinearizable(history), "history \(place)")
    }
  }

  @Test func `bad histories are bad`() {
    let histories: [[ClientOperation]] = [
      [read(1, 1, 2)],
      // A stale read.
      [write(1, 1, 2), read(0, 3, 4)],
      [write(1, 1, 2), write(2, 3, 4), read(1, 5, 6)],
      // Two readers disagree about the order of two writes.
      [write(1, 1, 10), write(2, 1, 10), read(1, 2, 3), read(2, 4, 5), read(1, 6, 7)],
      // A value that was seen is gone again.
      [unknownWrite(1, 1), read(1, 2, 3), read(0, 4, 5)],
      // An unknown write takes place once.
      [unknownWrite(1, 1), read(1, 2, 3), write(2, 4, 5), read(1, 6, 7)],
      // It did not take place before it was asked for.
      [read(1, 1, 2), unknownWrite(1, 3)],
      [write(1, 1, 2), swap(1, 2, 3, 4, false)],
      [write(1, 1, 2), swap(9, 2, 3, 4, true)],
      // Two swaps from one value cannot both succeed.
      [write(1, 1, 2), swap(1, 2, 3, 9, true), swap(1, 3, 3, 9, true)],
    ]
    for (place, history) in histories.enumerated() {
      #expect(!LinearizabilityChecker.isLinearizable(history), "history \(place)")
    }
  }

  @Test func `what never was asks nothing of the others`() {
    var never = write(7, 1, 2)
    never.outcome = .never
    let operations = [never, read(0, 3, 4)]
    #expect(LinearizabilityChecker.violation(in: operations, keyCount: 1) == nil)
    #expect(LinearizabilityChecker.violation(in: [never, read(7, 3, 4)], keyCount: 1) == 0)
  }

  @Test func `keys are judged apart`() {
    var other = read(0, 3, 4)
    other.key = 1
    let good = [write(1, 1, 2), other]
    #expect(LinearizabilityChecker.violation(in: good, keyCount: 2) == nil)
    var stale = read(0, 5, 6)
    stale.key = 0
    #expect(LinearizabilityChecker.violation(in: good + [stale], keyCount: 2) == 0)
  }

  @Test func `many unknown outcomes do not make it slow`() {
    var history = (1...60).map { unknownWrite(UInt32($0), Int64($0)) }
    history += (1...60).map { read(UInt32($0), 100 + Int64($0) * 2, 101 + Int64($0) * 2) }
    #expect(LinearizabilityChecker.isLinearizable(history))
    history.append(read(1, 300, 301))
    #expect(!LinearizabilityChecker.isLinearizable(history))
  }

  @Test func `many readers at a time do not make it slow`() {
    // Forty reads overlap four writes and each other.
    var history = (1...4).map { write(UInt32($0), Int64($0), 200) }
    history += (0..<40).map { read(UInt32($0 / 10 + 1), 10 + Int64($0), 100 + Int64($0)) }
    #expect(LinearizabilityChecker.isLinearizable(history))
    history += [read(4, 150, 151), read(1, 152, 153), read(4, 154, 155)]
    #expect(!LinearizabilityChecker.isLinearizable(history))
  }

  /// Small histories, judged also by trying every order.
  @Test(arguments: 1...300 as ClosedRange<UInt64>)
  func `it agrees with trying every order`(seed: UInt64) {
    var random = SeededNumbers(seed: seed)
    let operations = (0..<6).map { number -> ClientOperation in
      let start = Int64(random.below(8))
      let end = start + 1 + Int64(random.below(4))
      switch random.below(4) {
      case 0: return write(UInt32(number + 1), start, end)
      case 1: return unknownWrite(UInt32(number + 1), start)
      case 2:
        return swap(
          UInt32(random.below(4)), UInt32(number + 1), start, end, random.below(2) == 0)
      default: return read(UInt32(random.below(4)), start, end)
      }
    }
    #expect(
      LinearizabilityChecker.isLinearizable(operations) == isExplained(operations, 0, []),
      "seed \(seed): \(operations)")
  }

  /// Whether some order of the remaining operations explains them all.
  private func isExplained(_ all: [ClientOperation], _ value: UInt32, _ done: Set<Int>) -> Bool {
    let open = all.indices.filter { !done.contains($0) }
    if open.allSatisfy({ all[$0].outcome == .unknown }) { return true }
    for place in open {
      let operation = all[place]
      // Nothing that returned before it began may come after it.
      let mayBeNext = open.allSatisfy { other in
        other == place || all[other].outcome == .unknown || all[other].end >= operation.start
      }
      guard mayBeNext else { continue }
      var next = value
      switch (operation.action, operation.outcome) {
      case (.read, .read(let seen)): guard seen == value else { continue }
      case (.write(let new), _): next = new
      case (.compareAndSwap(let expected, let new), .written(let succeeded)):
        guard (expected == value) == succeeded else { continue }
        if succeeded { next = new }
      default: continue
      }
      if isExplained(all, next, done.union([place])) { return true }
    }
    return false
  }
}

private struct SeededNumbers {
  var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
  mutating func below(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(bound))
  }
}
