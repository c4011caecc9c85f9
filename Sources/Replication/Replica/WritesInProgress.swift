import Raft
import Store

/// The writes of clients between their arrival and their answer.
///
/// ```
///   add ──► arrived ──► takeRuns ──► number ──► underWay ──► take ──► answered
///              ▲           │ refused for now                   │
///              │           ▼                                   │ another entry took its place
///              └──────── held                                  │
///              └───────────────────────────────────────────────┘
/// ```
///
/// Each is in one of the three lists. A write leaves `underWay` only when its fate is known, or
/// when its client has waited for too long; nothing is proposed a second time unless it is known
/// that the first time came to nothing.
struct WritesInProgress {
  /// Neither proposed nor forwarded.
  private(set) var arrived: [PendingWrite] = []
  /// As ``arrived``, but refused for the moment: tried again at the next tick.
  private(set) var held: [PendingWrite] = []
  /// Proposed or forwarded, by their numbers.
  private(set) var underWay: NumberedWrites
  /// Whether one in ``arrived`` or ``held`` may be a change of membership, which goes alone.
  private var mayHoldChanges = false
  private var delay = BatchDelay()
  /// The time until which those in ``arrived`` wait for more; nil: they do not.
  private(set) var delayEnd: ContinuousClock.Instant?
  /// Bytes that a slow link carries in a tick.
  private let bytesPerTick: Int

  init(lastNumber: UInt64, bytesPerTick: Int) {
    underWay = NumberedWrites(lastNumber: lastNumber)
    self.bytesPerTick = bytesPerTick
  }

  /// How many are not answered.
  var count: Int { arrived.count + held.count + underWay.count }
  /// How many of those this node's own clients wait for.
  var clientCount: Int {
    underWay.ownCount + arrived.count { $0.reply != nil } + held.count { $0.reply != nil }
  }

  // MARK: On the way in

  /// Takes a write in, a new one or one that came to nothing.
  mutating func add(_ write: PendingWrite) {
    if write.operation.isChange { mayHoldChanges = true }
    arrived.append(write)
  }

  /// Keeps writes back that are refused for the moment.
  mutating func hold(_ writes: [PendingWrite]) {
    for write in writes {
      if write.operation.isChange { mayHoldChanges = true }
      held.append(write)
    }
  }

  /// What was kept back may be tried again.
  mutating func releaseHeld() {
    arrived += held
    held.removeAll()
  }

  /// Takes out the writes that are to go now, in the runs in which they are proposed: a change of
  /// membership goes alone, for it is refused for reasons of its own.
  ///
  /// - Parameters:
  ///   - answersExpected: how many of this node's clients will be answered when what is on its way
  ///     is committed.
  ///   - now: nil if writes do not wait for others at all.
  mutating func takeRuns(
    answersExpected: Int, now: ContinuousClock.Instant?
  ) -> [[PendingWrite]] {
    delayEnd = now.flatMap { delay.end(waiting: arrived.count, underWay: answersExpected, now: $0) }
    if arrived.isEmpty || delayEnd != nil { return [] }
    var waiting: [PendingWrite] = []
    swap(&arrived, &waiting)
    guard mayHoldChanges else { return [waiting] }
    mayHoldChanges = held.contains { $0.operation.isChange }
    var runs: [[PendingWrite]] = []
    var run: [PendingWrite] = []
    for write in waiting {
      guard write.operation.isChange else {
        run.append(write)
        continue
      }
      if !run.isEmpty { runs.append(run) }
      runs.append([write])
      run = []
    }
    if !run.isEmpty { runs.append(run) }
    return runs
  }

  /// There is no leader: what waits goes on waiting, however long.
  mutating func stopGathering() { delayEnd = nil }

  /// Remembers a write that is proposed or forwarded under the next number.
  mutating func number(_ write: PendingWrite, bytes: Int) {
    underWay.append(write, bytes: bytes)
    write.grace = UInt64(underWay.bytes / bytesPerTick)
  }

  // MARK: On the way out

  /// Takes out the write of a number, whose fate is known.
  mutating func take(_ number: UInt64) -> PendingWrite? { underWay.take(number) }

  /// Another node leads. What the former leader did with what it was sent may still be heard, from
  /// it or from the link to it, but only for a tick.
  mutating func leaderChanged(to leader: LeaderTerm?, at now: UInt64) {
    for (_, write) in underWay.all where write.forwardedTo != nil && write.forwardedTo != leader {
      write.lastCall = write.lastCall ?? now + 1
    }
    releaseHeld()
  }

  /// Takes out the writes whose clients have waited long enough, each with its answer.
  ///
  /// - Parameter reason: why this node takes no writes now; nil if it does.
  mutating func takeLate(
    at now: UInt64, hasLeader: Bool, reason: String?
  ) -> [(PendingWrite, ProposalError)] {
    var late: [(PendingWrite, ProposalError)] = []
    for (number, write) in underWay.all {
      let error: ProposalError
      if let lastCall = write.lastCall, lastCall < now {
        error = .unknown("the leader changed; the write may have taken place")
      } else if write.deadline + (hasLeader ? write.grace : 0) < now {
        error = .unknown("no majority answered in time; the write may yet take place")
      } else {
        continue
      }
      _ = underWay.take(number)
      late.append((write, error))
    }
    for write in arrived where write.deadline < now {
      late.append((write, .notAccepted(reason ?? "the leader takes no more writes for now")))
    }
    arrived.removeAll { $0.deadline < now }
    return late
  }

  /// Takes out all, each with its answer.
  mutating func takeAll(because reason: String) -> [(PendingWrite, ProposalError)] {
    var all = (arrived + held).map { ($0, ProposalError.notAccepted(reason)) }
    for (_, write) in underWay.all {
      all.append((write, .unknown("\(reason); the write may yet take place")))
    }
    arrived.removeAll()
    held.removeAll()
    underWay.removeAll()
    return all
  }
}

/// Writes by ascending numbers without gaps: those at the beginning are usually settled first.
struct NumberedWrites {
  private(set) var lastNumber: UInt64
  /// Those of the numbers up to ``lastNumber``; nil where one was taken out.
  private var writes: [PendingWrite?] = []
  /// How many at the beginning were taken out; they are dropped in bulk, so that each costs O(1).
  private var takenCount = 0
  private(set) var count = 0
  /// How many of them this node's own clients wait for.
  private(set) var ownCount = 0
  private(set) var bytes = 0

  init(lastNumber: UInt64) { self.lastNumber = lastNumber }

  mutating func append(_ write: PendingWrite, bytes: Int) {
    lastNumber += 1
    writes.append(write)
    write.bytes = bytes
    self.bytes += bytes
    count += 1
    if write.reply != nil { ownCount += 1 }
  }

  /// The write of a number; nil if there is none, or if it was taken out.
  subscript(number: UInt64) -> PendingWrite? { place(of: number).flatMap { writes[$0] } }

  /// Those of these numbers that are not settled for certain.
  func numbers(in range: Range<UInt64>) -> Range<UInt64> {
    range.clamped(to: lastNumber + 1 - UInt64(writes.count)..<lastNumber + 1)
  }

  mutating func take(_ number: UInt64) -> PendingWrite? {
    guard let place = place(of: number), let write = writes[place] else { return nil }
    writes[place] = nil
    count -= 1
    bytes -= write.bytes
    if write.reply != nil { ownCount -= 1 }
    while takenCount < writes.count, writes[takenCount] == nil { takenCount += 1 }
    if takenCount * 2 >= writes.count {
      writes.removeFirst(takenCount)
      takenCount = 0
    }
    return write
  }

  /// In ascending order of numbers.
  var all: [(number: UInt64, write: PendingWrite)] {
    let first = lastNumber + 1 - UInt64(writes.count)
    return writes.indices.dropFirst(takenCount).compactMap { place in
      writes[place].map { (first + UInt64(place), $0) }
    }
  }

  mutating func removeAll() {
    self = NumberedWrites(lastNumber: lastNumber)
  }

  private func place(of number: UInt64) -> Int? {
    guard number <= lastNumber, lastNumber - number < UInt64(writes.count) else { return nil }
    return writes.count - 1 - Int(lastNumber - number)
  }
}
