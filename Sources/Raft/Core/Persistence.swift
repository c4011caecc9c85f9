import Store

/// How much of the node's state is known to be on its disk.
///
/// The core runs ahead of the disk. Batches are handed out in order and numbered; each remembers
/// what will be durable once it is.
struct Persistence: Hashable, Sendable {
  private struct Batch: Hashable, Sendable {
    var number: UInt64
    var term: Term
    var lastIndex: LogIndex
  }

  /// The log is durable up to here, and equal to the log in memory.
  private(set) var durableIndex: LogIndex
  /// The hard state of this term, vote included, is durable.
  private(set) var durableTerm: Term
  /// The log up to here has been handed to the disk.
  private(set) var handedOut: LogIndex
  /// The hard state as last handed to the disk.
  private(set) var hardState: HardState
  /// The number of the last batch handed out.
  private(set) var lastBatch: UInt64 = 0
  /// Handed out and not yet durable, oldest first; as many as the disk is behind, so few.
  private var outstanding: [Batch] = []
  /// Ticks since the disk last finished something while something was outstanding.
  private(set) var stalledTicks = 0

  /// - Parameter isDurable: whether what the disk was found to hold is on it for certain. If not,
  ///   it is treated as a batch that was handed out, number 0.
  init(hardState: HardState, lastIndex: LogIndex, isDurable: Bool) {
    self.hardState = hardState
    durableTerm = isDurable ? hardState.term : .zero
    durableIndex = isDurable ? lastIndex : .zero
    handedOut = lastIndex
    if !isDurable {
      outstanding.append(Batch(number: 0, term: hardState.term, lastIndex: lastIndex))
    }
  }

  /// Whether the disk has everything it was handed.
  var isIdle: Bool { outstanding.isEmpty }

  /// The log was cut before `index`: whatever was durable from there on no longer counts.
  ///
  /// A batch that is still on its way may finish later, and must not be taken for the entries that
  /// are at these indexes by then.
  mutating func truncated(from index: LogIndex) {
    let last = index - 1
    durableIndex = min(durableIndex, last)
    handedOut = min(handedOut, last)
    for i in outstanding.indices {
      outstanding[i].lastIndex = min(outstanding[i].lastIndex, last)
    }
  }

  /// The log was replaced by a snapshot, which is handed out next.
  mutating func replaced(by snapshot: LogPosition) {
    truncated(from: .zero + 1)
    handedOut = snapshot.index
  }

  /// Numbers a batch that takes the log to `lastIndex` and the hard state to `state`.
  mutating func handOut(lastIndex: LogIndex, hardState state: HardState) -> UInt64 {
    lastBatch += 1
    handedOut = lastIndex
    hardState = state
    outstanding.append(Batch(number: lastBatch, term: state.term, lastIndex: lastIndex))
    return lastBatch
  }

  /// All batches up to `number` are durable.
  mutating func finished(through number: UInt64) {
    let count = outstanding.prefix { $0.number <= number }.count
    guard count > 0 else { return }
    stalledTicks = 0
    durableTerm = outstanding[count - 1].term
    durableIndex = max(durableIndex, outstanding[count - 1].lastIndex)
    outstanding.removeFirst(count)
  }

  /// Counts batches from the beginning again, if none is on its way.
  mutating func forgetNumbers() {
    if outstanding.isEmpty { lastBatch = 0 }
  }

  /// Calls the node that has the vote by another name.
  mutating func rename(_ renaming: Renaming) {
    hardState.vote = hardState.vote.map { renaming($0) }
  }

  mutating func tick() {
    stalledTicks = outstanding.isEmpty ? 0 : stalledTicks + 1
  }
}
