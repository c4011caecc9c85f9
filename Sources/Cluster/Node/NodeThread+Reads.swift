import Raft
import Store
import Synchronization

// Reads. The leader asks a majority whether it still leads (ReadIndex); a follower asks the leader how
// far it must have applied. It asks one question at a time, for all reads that have arrived by then: the
// busier it is, the more of them share one.

/// The reads on their way.
struct ReadsInProgress {
  enum Batch {
    case own([PendingRead])
    case peer(NodeID, UInt64)
  }

  /// Nobody was asked yet.
  var arrived: [PendingRead] = []
  /// Asked of this node's own Raft, by the number of the question.
  var confirming: [UInt64: Batch] = [:]
  /// Asked of the leader.
  var asked: [UInt64: (reads: [PendingRead], since: UInt64)] = [:]
  /// To be answered when so much has been applied, in no order: they are few.
  var waiting: [(index: LogIndex, reads: [PendingRead])] = []
  var lastID = PeerMessage.firstNumber()

  /// Asks again what was asked and not answered for so many ticks: reading twice does no harm.
  mutating func retryLate(now: UInt64, after ticks: UInt64) {
    for (id, question) in asked where question.since + ticks < now {
      arrived += question.reads
      asked[id] = nil
    }
  }

  /// What has waited for too long, wherever it is.
  mutating func takeLate(_ now: UInt64) -> [PendingRead] {
    var late = arrived.filter { $0.deadline < now }
    arrived.removeAll { $0.deadline < now }
    for (id, batch) in confirming {
      guard case .own(let reads) = batch, let first = reads.first, first.deadline < now else {
        continue
      }
      late += reads
      confirming[id] = nil
    }
    for (id, question) in asked {
      late += question.reads.filter { $0.deadline < now }
      asked[id]?.reads.removeAll { $0.deadline < now }
    }
    for place in waiting.indices {
      late += waiting[place].reads.filter { $0.deadline < now }
      waiting[place].reads.removeAll { $0.deadline < now }
    }
    waiting.removeAll { $0.reads.isEmpty }
    return late
  }

  /// Whether no read of this node is on its way.
  var isEmpty: Bool {
    arrived.isEmpty && asked.isEmpty && waiting.isEmpty
      && !confirming.values.contains { if case .own = $0 { true } else { false } }
  }

  mutating func takeAll() -> [PendingRead] {
    var all = arrived + asked.values.flatMap(\.reads) + waiting.flatMap(\.reads)
    for case .own(let reads) in confirming.values { all += reads }
    arrived.removeAll()
    confirming = confirming.filter { if case .peer = $1 { true } else { false } }
    asked.removeAll()
    waiting.removeAll()
    return all
  }
}

extension NodeThread {
  /// Asks for the reads that have arrived, as far as somebody leads.
  func submitReads() {
    if reads.arrived.isEmpty { return }
    if board.isAlone.load(ordering: .relaxed) {
      for read in reads.arrived { answers.add(read) }
      reads.arrived.removeAll()
      return noteUpToDate()
    }
    let id = reads.lastID + 1
    if node.core.role == .leader {
      do throws(Refusal) { try node.read(ReadID(id)) } catch { return }
      reads.confirming[id] = .own(reads.arrived)
    } else if let leader = node.core.leader, reads.asked.isEmpty {
      reads.asked[id] = (reads.arrived, now)
      transport.write(to: leader) { $0.appendRead(id) }
    } else {
      return
    }
    reads.lastID = id
    reads.arrived.removeAll()
  }

  /// Another node has reads waiting.
  func beginRead(_ question: UInt64, from peer: NodeID) {
    reads.lastID += 1
    do throws(Refusal) { try node.read(ReadID(reads.lastID)) } catch {
      return transport.write(to: peer) { $0.appendReadable(question, nil) }
    }
    reads.confirming[reads.lastID] = .peer(peer, question)
  }

  /// The leader has answered.
  func settleRead(_ question: UInt64, _ index: LogIndex?, from peer: NodeID) {
    guard let asked = reads.asked.removeValue(forKey: question) else { return }
    guard let index else {
      // Asked again at the next tick, or when somebody leads.
      reads.asked[question] = (asked.reads, since: 0)
      return
    }
    reads.waiting.append((index, asked.reads))
  }

  /// This node's own Raft has answered: everything such a read must see has been applied.
  func confirm(_ confirmed: ConfirmedRead) {
    switch reads.confirming.removeValue(forKey: confirmed.id.rawValue) {
    case nil: break
    case .own(let list):
      for read in list { answers.add(read) }
      noteUpToDate()
    case .peer(let peer, let question):
      transport.write(to: peer) { $0.appendReadable(question, confirmed.index) }
    }
  }

  func lose(_ read: ReadID) {
    switch reads.confirming.removeValue(forKey: read.rawValue) {
    case nil: break
    case .own(let list): reads.arrived += list
    case .peer(let peer, let question):
      transport.write(to: peer) { $0.appendReadable(question, nil) }
    }
  }

  /// Answers the reads for which enough has been applied by now.
  func answerWaitingReads() {
    if reads.waiting.isEmpty { return }
    let applied = store.appliedIndex
    for (index, list) in reads.waiting where index <= applied {
      for read in list { answers.add(read) }
      noteUpToDate()
    }
    reads.waiting.removeAll { $0.index <= applied }
  }

  /// Another node leads: what the one before was asked is asked again.
  func askAgain() {
    for question in reads.asked.values { reads.arrived += question.reads }
    reads.asked.removeAll()
  }
}
