import Raft
import Store

/// The reads of clients between their arrival and their answer.
///
/// ```
///   arrived ──► leader?  confirming ──────────────────────────────► answered
///      ▲        follower asked ──► index ──► waiting ──► applied ──► answered
///      └──────────── lost, refused, late, or another node leads
/// ```
///
/// One question is asked at a time, for all reads that have arrived by then: the busier the node,
/// the more of them share one. To ask twice does no harm.
struct ReadsInProgress {
  enum Batch {
    case own([PendingRead])
    /// Another node's question, by its number there.
    case peer(NodeID, UInt64)
  }

  /// Not asked for yet.
  private(set) var arrived: [PendingRead] = []
  /// Asked of this node's own Raft, by the number of the question. A slice, because the first is
  /// nearly always the next one answered, and leaves it at no cost.
  private var confirming: ArraySlice<(number: UInt64, batch: Batch)> = []
  /// Asked of the leader.
  private var asked: [(number: UInt64, reads: [PendingRead], since: UInt64)] = []
  /// Answered when this index is applied; in no order: they are few.
  private var waiting: [(index: LogIndex, reads: [PendingRead])] = []
  private var lastNumber: UInt64

  init(lastNumber: UInt64) { self.lastNumber = lastNumber }

  /// Whether no read of this node is on its way.
  var isEmpty: Bool {
    arrived.isEmpty && asked.isEmpty && waiting.isEmpty
      && !confirming.contains { if case .own = $0.batch { true } else { false } }
  }

  /// Whether the leader has a question of this node.
  var isAsking: Bool { !asked.isEmpty }

  /// The number of the next question.
  mutating func nextNumber() -> UInt64 {
    lastNumber += 1
    return lastNumber
  }

  // MARK: On the way in

  mutating func add(_ read: PendingRead) { arrived.append(read) }

  /// Takes out all that have arrived.
  mutating func takeArrived() -> [PendingRead] {
    defer { arrived.removeAll() }
    return arrived
  }

  /// This node's Raft was asked, on behalf of all that have arrived.
  mutating func confirmArrived(_ number: UInt64) {
    confirming.append((number, .own(takeArrived())))
  }

  /// This node's Raft was asked, on behalf of another node's question.
  mutating func confirm(_ number: UInt64, for peer: NodeID, _ question: UInt64) {
    confirming.append((number, .peer(peer, question)))
  }

  /// The leader was asked, on behalf of all that have arrived.
  mutating func askForArrived(_ number: UInt64, at now: UInt64) {
    asked.append((number, takeArrived(), now))
  }

  // MARK: On the way out

  /// Takes out the batch that this node's Raft has confirmed, or lost.
  mutating func takeConfirming(_ number: UInt64) -> Batch? {
    if confirming.first?.number == number { return confirming.removeFirst().batch }
    guard let place = confirming.firstIndex(where: { $0.number == number }) else { return nil }
    return confirming.remove(at: place).batch
  }

  /// Raft can no longer confirm these: they are asked for again.
  mutating func askAgain(_ reads: [PendingRead]) { arrived += reads }

  /// The leader has answered a question with an index, or that it does not lead.
  mutating func settle(_ number: UInt64, _ index: LogIndex?) {
    guard let place = asked.firstIndex(where: { $0.number == number }) else { return }
    if let index {
      waiting.append((index, asked.remove(at: place).reads))
    } else {
      // Asked again at the next tick, or when another node leads.
      asked[place].since = 0
    }
  }

  /// Takes out the reads for which enough is applied.
  mutating func takeApplied(_ applied: LogIndex) -> [PendingRead] {
    if waiting.isEmpty { return [] }
    let ready = waiting.filter { $0.index <= applied }.flatMap(\.reads)
    waiting.removeAll { $0.index <= applied }
    return ready
  }

  /// Another node leads: what the former leader was asked is asked again.
  mutating func leaderChanged() {
    for question in asked { arrived += question.reads }
    asked.removeAll()
  }

  /// Asks again what was not answered for so many ticks.
  mutating func retryLate(at now: UInt64, after ticks: UInt64) {
    for question in asked where question.since + ticks < now { arrived += question.reads }
    asked.removeAll { $0.since + ticks < now }
  }

  /// Takes out the reads whose clients have waited long enough.
  mutating func takeLate(at now: UInt64) -> [PendingRead] {
    var late: [PendingRead] = []
    func sift(_ reads: inout [PendingRead]) {
      late += reads.filter { $0.deadline < now }
      reads.removeAll { $0.deadline < now }
    }
    sift(&arrived)
    for place in confirming.indices {
      guard case .own(var reads) = confirming[place].batch else { continue }
      sift(&reads)
      confirming[place].batch = .own(reads)
    }
    for place in asked.indices { sift(&asked[place].reads) }
    for place in waiting.indices { sift(&waiting[place].reads) }
    confirming.removeAll { if case .own(let reads) = $0.batch { reads.isEmpty } else { false } }
    waiting.removeAll { $0.reads.isEmpty }
    return late
  }

  /// Takes out all reads of this node.
  mutating func takeAll() -> [PendingRead] {
    var all = arrived
    for case (_, .own(let reads)) in confirming { all += reads }
    all += asked.flatMap(\.reads) + waiting.flatMap(\.reads)
    arrived.removeAll()
    confirming.removeAll { if case .own = $0.batch { true } else { false } }
    asked.removeAll()
    waiting.removeAll()
    return all
  }
}
