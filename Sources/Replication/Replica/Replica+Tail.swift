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
          ? entry.payload.prefix(LogTail.textBytes).withoutIncarnations
          : entry.encoded[...].withoutIncarnations)
    }
    return LogTail(first: before + 1, entries: entries)
  }
}

extension ArraySlice<UInt8> {
  /// This text without the incarnations it names: members recognise each other by those, so the
  /// readers of a page must not learn them. In a text within JSON the quotes have backslashes
  /// before them, so a client's value is shown as it is.
  fileprivate var withoutIncarnations: [UInt8] {
    let name = Array("\"incarnation\":\"".utf8)
    var (rest, shown): (Self, [UInt8]) = (self, [])
    while let found = rest.firstRange(of: name) {
      shown += rest[..<found.upperBound]
      rest = rest[found.upperBound...].drop { $0 != UInt8(ascii: "\"") }
    }
    return shown + rest
  }
}
