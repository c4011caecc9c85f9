public import Store

/// An index together with the term of the entry that stands there.
///
/// Two logs that hold the same position hold the same entries up to it (the Log Matching
/// Property; Raft paper, section 5.3), so a position names a whole prefix of the log.
public struct LogPosition: Hashable, Sendable {
  public var index: LogIndex
  public var term: Term

  public init(index: LogIndex, term: Term) {
    self.index = index
    self.term = term
  }

  /// Before the first entry; every log has it.
  public static let zero = LogPosition(index: .zero, term: .zero)

  /// The election restriction: whose log ends in the later term is more up to date, and among
  /// equal terms the longer one (Raft paper, section 5.4.1).
  public func isAtLeastAsUpToDate(as other: LogPosition) -> Bool {
    term == other.term ? index >= other.index : term > other.term
  }
}

extension LogPosition: CustomStringConvertible {
  /// Index, a slash, term: `7/2` is entry 7, written in term 2.
  public var description: String { "\(index)/\(term)" }
}
