public import Store

/// One line of the replicated log.
public struct Entry: Hashable, Sendable {
  /// What the core itself makes of an entry; a payload it never looks into.
  public enum Kind: Hashable, Sendable {
    /// For the state machine.
    case command
    /// A new leader's first entry, which lets it commit what came before (paper, section 8).
    case noOp
    /// The members from here on, all of them: so a node that joins late needs to know nothing of
    /// those before. In force once it is committed; see ``Membership``. The payload is the
    /// caller's: a name, an address.
    case membership(Membership)
  }

  public var index: LogIndex
  public var term: Term
  public var kind: Kind
  /// Shared, never copied: the log, the disk and every message refer to the same bytes.
  public var payload: [UInt8]

  public init(index: LogIndex, term: Term, kind: Kind, payload: [UInt8]) {
    self.index = index
    self.term = term
    self.kind = kind
    self.payload = payload
  }

  /// Where it stands, and since which term.
  public var position: LogPosition { LogPosition(index: index, term: term) }

  /// What an entry counts for against the limits of ``RaftOptions``, in bytes.
  public var size: Int { payload.count + Entry.overhead }

  /// An allowance for what stands around a payload, so that empty entries are not free.
  public static let overhead = 32
}
