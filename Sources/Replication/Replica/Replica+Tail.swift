package import Raft
package import Store

/// The end of a node's log, for people to look at.
package struct LogTail: Sendable {
  /// How many entries it has, if the log has as many.
  package static let length: UInt64 = 32
  /// How much of an entry's text is kept.
  package static let textBytes = 200

  package internal(set) var first = LogIndex.zero + 1
  package internal(set) var entries: [Entry] = []

  package init(first: LogIndex = .zero + 1, entries: [Entry] = []) {
    self.first = first
    self.entries = entries
  }
}

extension Replica {
  /// The last entries, with as much of their payload as people are shown.
  func tail() -> LogTail {
    let log = node.core.log
    let last = log.lastIndex
    let wanted = last.rawValue > LogTail.length ? LogIndex(last.rawValue - LogTail.length) : .zero
    let before = max(wanted, log.base.index)
    let entries = log.entries(after: before, through: last).map { entry in
      Entry(
        index: entry.index, term: entry.term, kind: entry.kind,
        payload: entry.kind == .command
          ? Array(entry.payload.prefix(LogTail.textBytes)) : entry.encoded)
    }
    return LogTail(first: before + 1, entries: entries)
  }
}
