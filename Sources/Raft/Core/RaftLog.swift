public import Store

/// The log in memory: every entry since some position, without a gap.
///
/// ```
///        compacted        kept for slow followers      not in any snapshot
///   ├─────────────────┼──────────────────────────┼──────────────────────────┤
///                   base                 snapshot.position             lastIndex
/// ```
///
/// A leader also drops what every member has, so `base` may lie behind the snapshot; a member that
/// joins then is sent a newer one.
///
/// Terms never fall along a log, which is what lets a disagreement be found by terms.
public struct RaftLog: Hashable, Sendable {
  /// The position just before the first entry kept.
  public private(set) var base: LogPosition
  /// The newest durable snapshot; what is behind it can be sent only as that.
  public private(set) var snapshot: SnapshotMetadata
  private var entries: [Entry] = []

  /// A log that begins after a snapshot. Entries the snapshot covers are dropped.
  init(snapshot: SnapshotMetadata, entries: [Entry]) {
    self.snapshot = snapshot
    self.base = snapshot.position
    self.entries = Array(entries.drop { $0.index <= snapshot.position.index })
  }

  /// Where the log ends.
  public var lastIndex: LogIndex { base.index + UInt64(entries.count) }

  /// Where the log ends, and in which term.
  public var lastPosition: LogPosition { entries.last?.position ?? base }

  /// The term of the entry at `index`; nil if the log does not reach there or begins later.
  public func term(at index: LogIndex) -> Term? {
    if index == base.index { return base.term }
    guard index > base.index, index <= lastIndex else { return nil }
    return entries[offset(of: index)].term
  }

  /// Whether this log holds a position, and so the same entries up to it as any log that does.
  public func holds(_ position: LogPosition) -> Bool {
    term(at: position.index) == position.term
  }

  /// The entry at an index the log must hold.
  public subscript(index: LogIndex) -> Entry { entries[offset(of: index)] }

  /// The entries after one index, up to and including another; O(count), their payloads are shared.
  public func entries(after first: LogIndex, through last: LogIndex) -> [Entry] {
    guard first < last else { return [] }
    return Array(entries[offset(of: first + 1)...offset(of: last)])
  }

  /// The entries after `index` that fit `maxBytes`: at least one, if there is one.
  func entries(after index: LogIndex, maxBytes: Int) -> [Entry] {
    guard index < lastIndex else { return [] }
    let first = offset(of: index + 1)
    var end = first + 1
    var bytes = entries[first].size
    while end < entries.count {
      bytes += entries[end].size
      guard bytes <= maxBytes else { break }
      end += 1
    }
    return Array(entries[first..<end])
  }

  /// What the entries after `index` count for, in bytes; O(count).
  func size(after index: LogIndex) -> Int {
    entries[(offset(of: index) + 1)...].reduce(0) { $0 + $1.size }
  }

  /// The last position up to `index` whose term is at most `term`; O(log n).
  ///
  /// Of an append that did not fit, it is the last position that still could (paper, end of
  /// section 5.3): so both sides skip a whole term at a time.
  func lastPosition(upTo index: LogIndex, termAtMost term: Term) -> LogPosition {
    var low = 0
    var high = index < base.index ? 0 : min(entries.count, Int(index - base.index))
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].term <= term { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? base : entries[low - 1].position
  }

  mutating func append(_ entry: Entry) {
    precondition(entry.index == lastIndex + 1, "a log has no gaps")
    entries.append(entry)
  }

  mutating func append(contentsOf more: ArraySlice<Entry>) {
    guard let first = more.first else { return }
    precondition(first.index == lastIndex + 1, "a log has no gaps")
    entries.append(contentsOf: more)
  }

  /// Drops the entry at `index` and all after it.
  mutating func truncate(from index: LogIndex) {
    entries.removeSubrange(offset(of: index)...)
  }

  /// Drops what a durable snapshot covers, except for the last `kept` entries before its position.
  ///
  /// - Returns: the entries as they were: freeing 100,000 takes tens of milliseconds, and the
  ///   caller knows where that does no harm.
  mutating func compact(behind snapshot: SnapshotMetadata, keeping kept: UInt64) -> [Entry] {
    guard snapshot.position.index > self.snapshot.position.index else { return [] }
    self.snapshot = snapshot
    return drop(through: snapshot.position.index, keeping: kept)
  }

  /// Drops the entries up to `index`, except for the last `kept` of them.
  ///
  /// - Returns: as ``compact(behind:keeping:)``.
  mutating func drop(through index: LogIndex, keeping kept: UInt64) -> [Entry] {
    guard index > base.index + kept else { return [] }
    let count = Int(index - base.index - kept)
    let old = entries
    base = old[count - 1].position
    entries = Array(old[count...])
    return old
  }

  private func offset(of index: LogIndex) -> Int { Int(index - base.index) - 1 }
}
