import Raft
import Store
import WAL

/// What Raft has asked for and the disk has not taken yet, in order.
///
/// ```
///   takeEffects ──► add ──► │ work │ work │ work │ ──► write ──► take ──► send after, apply
///                                                       disk
/// ```
///
/// Usually a piece of work passes at once. When the disk has no space, they wait, and each keeps
/// all it has and its place: a later term, a vote, entries that replace others, a snapshot, what is
/// committed. So everything that is sent, applied or installed follows from what the disk holds by
/// then, and a node that crashes while it waits is one that crashed before.
struct WorkQueue {
  /// What Raft asked for in one step.
  struct Work {
    fileprivate(set) var result: NodeEffects
    /// The state that ``Effects/snapshot`` stands for.
    let received: ReceivedState?
    /// The snapshot, and the hard state with it, is written; the entries may not be.
    fileprivate var isSnapshotAdopted = false

    var effects: Effects { result.effects }
  }

  private var works: [Work] = []

  var isEmpty: Bool { works.isEmpty }
  var first: Work? { works.first }

  /// Adds what Raft asks for next, as far as it may have to wait.
  ///
  /// - Parameter received: the state of the snapshot in it.
  mutating func add(_ result: NodeEffects, _ received: ReceivedState?) {
    if !works.isEmpty && !result.effects.mustPersist {
      // Only messages, which may be lost: as long as the disk is full, each heartbeat brings some.
      if result.isOnlyMessages { return }
      var result = result
      result.effects.messagesAfterPersisting = []
      return works.append(Work(result: result, received: nil))
    }
    precondition(
      (result.effects.snapshot == nil) == (received == nil),
      "a snapshot is heard of only when it is there")
    works.append(Work(result: result, received: received))
  }

  /// Makes durable what the first piece of work brings to write, if it does.
  ///
  /// - Throws: ``JournalError/noSpace(_:)``, after which it is to be tried again: nothing is
  ///   written twice.
  mutating func write(to journal: Journal) throws(JournalError) {
    guard !works.isEmpty, works[0].effects.mustPersist else { return }
    let state = works[0].effects.hardState.map {
      HardStateRecord(term: $0.term, vote: $0.vote?.rawValue, commit: $0.commitIndex)
    }
    if let received = works[0].received, !works[0].isSnapshotAdopted {
      try journal.adopt(received: &received.file, hardState: state)
      works[0].isSnapshotAdopted = true
    }
    let isStateWritten = works[0].isSnapshotAdopted
    let entries = works[0].effects.entries
    try journal.append { batch in
      if let state, !isStateWritten { batch.append(state) }
      for entry in entries { batch.append(entry.record) }
    }
  }

  /// Takes the first piece of work out, whose part on the disk is done.
  mutating func removeFirst() -> Work { works.removeFirst() }
}

extension NodeEffects {
  fileprivate var isOnlyMessages: Bool {
    applications.isEmpty && lost.isEmpty && unknown.isEmpty && readable.isEmpty
      && snapshotToTake == nil
  }
}
