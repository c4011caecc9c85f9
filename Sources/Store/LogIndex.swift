/// A place in the log; the first command has index 1.
///
/// A log index numbers *commands*; a ``StoreIndex`` numbers *events*. A command that fails or
/// changes nothing takes a log index and no store index; one that expires ten keys takes one log
/// index and ten store indexes. The two have different types, so mixing them up does not compile.
public struct LogIndex: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Before the first command.
  public static let zero = LogIndex(0)

  public static func < (a: LogIndex, b: LogIndex) -> Bool { a.rawValue < b.rawValue }
  /// The index `distance` places later.
  public static func + (index: LogIndex, distance: UInt64) -> LogIndex {
    LogIndex(index.rawValue + distance)
  }
  /// The index `distance` places earlier; `distance` must not exceed `index`.
  public static func - (index: LogIndex, distance: UInt64) -> LogIndex {
    LogIndex(index.rawValue - distance)
  }
  /// The distance from `b` to `a` in commands; `a` must not be less than `b`.
  public static func - (a: LogIndex, b: LogIndex) -> UInt64 { a.rawValue - b.rawValue }
}

extension LogIndex: CustomStringConvertible {
  public var description: String { String(rawValue) }
}

/// A period with at most one leader (Raft paper, section 5.1).
///
/// Until step 6 there are no elections and every command is written in term 1.
public struct Term: RawRepresentable, Hashable, Comparable, Sendable {
  public var rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }
  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Before the first election.
  public static let zero = Term(0)

  public static func < (a: Term, b: Term) -> Bool { a.rawValue < b.rawValue }
  /// The term `distance` terms later.
  public static func + (term: Term, distance: UInt64) -> Term { Term(term.rawValue + distance) }
}

extension Term: CustomStringConvertible {
  public var description: String { String(rawValue) }
}
