import Store

/// What a log says, gathered batch by batch: the state from which it can be written on.
struct Replay {
  /// A segment whose last batch is read.
  struct Segment {
    let number: UInt64
    /// The highest index among its entries: it is of no use once a snapshot stands for that.
    var highestIndex: LogIndex
  }

  private(set) var identity: Identity?
  private(set) var tip = LogTip()
  private(set) var segments: [Segment] = []
  /// The entries after `base`, without a gap.
  private(set) var entries: [EntryRecord] = []
  private var base = LogIndex.zero
  /// The term of the entry there; nil if that is not known.
  private var baseTerm: Term? = .zero
  /// Whether the last record says that all was well.
  private(set) var isClosed = false
  /// What must never happen and was seen, unless an operator has decided since to go on.
  private(set) var violation: String?
  /// The snapshots of which the log speaks, since it last started anew.
  private(set) var snapshots: [SnapshotRecord] = []
  /// Whether the entries that a snapshot stands for are kept beside it: its file may be damaged.
  private let keepsAll: Bool

  /// - Parameter keepsAll: for ``Salvage``.
  init(keepsAll: Bool = false) { self.keepsAll = keepsAll }

  /// Starts on a segment, whose first record is its head.
  mutating func begin(_ head: HeadRecord, number: UInt64) throws(Damage) {
    guard head.segment == number else {
      throw .contradiction("this is segment \(head.segment) under another's name")
    }
    if let identity {
      guard head.identity.follows(identity) else {
        throw .contradiction("the segment belongs to another node or cluster")
      }
      tip.record += 1
      tip.batch += 1
      guard head.tip == tip else {
        throw .contradiction("the segment does not go on where the one before it ends")
      }
    } else {
      tip = head.tip
      (base, baseTerm) = (tip.lastIndex, tip.lastTerm)
      if let snapshot = tip.snapshot { snapshots.append(snapshot) }
    }
    identity = head.identity
    segments.append(Segment(number: number, highestIndex: .zero))
    isClosed = false
  }

  /// Takes in a record of a batch that is whole.
  mutating func apply(_ record: Record) throws(Damage) {
    guard tip.follow(record) else { throw .contradiction("the record does not follow") }
    switch record {
    case .head: throw .contradiction("a segment's head can only be its first line")
    case .entry(let entry): take(entry)
    case .snapshot(let snapshot, let restarts): take(snapshot, restarts)
    case .violation(let what): violation = what
    case .state, .close: break
    }
    tip.record += 1
    isClosed = record == .close
  }

  /// The batch is over whose records were taken in.
  mutating func endBatch() {
    tip.batch += 1
  }

  private mutating func take(_ entry: EntryRecord) {
    if entry.index <= base {
      // It corrects what stood in a segment that is gone.
      (base, baseTerm) = (entry.index - 1, nil)
      entries.removeAll()
    } else {
      entries.removeLast(entries.count - Int(entry.index - base - 1))
    }
    entries.append(entry)
    let last = segments.count - 1
    segments[last].highestIndex = max(segments[last].highestIndex, entry.index)
  }

  private mutating func take(_ snapshot: SnapshotRecord, _ restarts: Bool) {
    if restarts {
      entries.removeAll()
      snapshots.removeAll()
      (base, baseTerm) = (snapshot.index, snapshot.term)
    } else if !keepsAll {
      drop(upTo: snapshot.index)
    }
    snapshots.append(snapshot)
  }

  private mutating func drop(upTo index: LogIndex) {
    guard index > base else { return }
    entries.removeFirst(min(entries.count, Int(index - base)))
    (base, baseTerm) = (index, nil)
  }

  /// Leaves only what comes after the snapshot.
  /// - Throws: a damage if there is a gap in between.
  mutating func finish() throws(Damage) {
    let start = tip.snapshot?.index ?? .zero
    guard base <= start else {
      throw .contradiction("the log before index \(base + 1) is missing")
    }
    drop(upTo: start)
  }

  /// The entries that lead on from a state.
  ///
  /// - Parameter snapshot: that state; nil for an empty store.
  /// - Returns: nil if entries in between are missing, or this log has not led to that state. A
  ///   snapshot of which it does not speak must be of the term that it has there: two logs with one
  ///   entry in common have all before it in common.
  func entries(after snapshot: SnapshotRecord?) -> ArraySlice<EntryRecord>? {
    let start = snapshot?.index ?? .zero
    guard base <= start, start <= tip.lastIndex else { return nil }
    let skipped = Int(start - base)
    if let snapshot, !snapshots.contains(snapshot) {
      let term = skipped == 0 ? baseTerm : entries[skipped - 1].term
      guard term == snapshot.term else { return nil }
    }
    return entries[skipped...]
  }
}

extension Identity {
  /// Whether it is the same, apart from a cluster that was not known before.
  fileprivate func follows(_ older: Identity) -> Bool {
    node == older.node && incarnation == older.incarnation
      && (cluster == older.cluster || older.cluster == nil)
  }
}
