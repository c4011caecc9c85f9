package import Raft
package import Store

/// What one node says to another: Raft's own messages, and what a follower asks of the leader.
///
/// All are one-way and may be lost. An answer is a message of its own, and who waits for one stops
/// waiting some time (``ReadsInProgress``, ``WritesInProgress``).
package enum PeerMessage: Sendable {
  case raft(Message)
  /// "Put these in order": the operations of clients, numbered from `first` by the follower.
  case forward(first: UInt64, [Operation])
  /// Answers ``forward(first:_:)``, all of it.
  case forwarded(first: UInt64, count: Int, ForwardResult)
  /// "How far must I have applied to answer a read that was asked before this?"
  case read(UInt64)
  /// Answers ``read(_:)``; nil from one that cannot tell, because it does not lead.
  case readable(UInt64, LogIndex?)

  /// Where a node that starts begins to number what it asks. Anywhere: an answer to the process
  /// before it, which comes late, must not be taken for the answer to another question.
  package static func firstNumber() -> UInt64 { .random(in: 0..<PeerLimits.number / 2) }
}

/// What became of forwarded operations, as far as the leader can tell at once.
package enum ForwardResult: Hashable, Sendable {
  /// They stand in the leader's log from here on, which does not say that they will stay there.
  case proposed(LogPosition)
  /// They do not, and may be proposed again, perhaps elsewhere.
  case notNow
  /// They do not, and will not; the reason, for people.
  case refused(String)
}

/// Limits of what nodes send each other, in one place.
package enum PeerLimits {
  /// Members that are kept besides those in the roster, at the most.
  package static let unlistedMembers = 100
  /// Numbers are less than 2^52: greater ones cannot be kept in the log, so no node means them. The
  /// sum of two never overflows.
  package static let number: UInt64 = 1 << 52
  /// Operations that are forwarded in one message.
  static let forwardedOperations = 1 << 16
  /// Forwarded operations that are answered in one request. A member forwards what its clients wait
  /// for, and each again only when it was answered: its connections are not as many.
  static let answeredOperations = 1 << 20
  /// Reads that are asked for in one request. A member asks again only when it was answered, or a
  /// tick later.
  static let reads = 1_000
  /// Addresses of one member, for members and for clients each.
  package static let memberURLs = 16
  /// Bytes of such an address: a host's name has at most 253.
  package static let urlBytes = 300
  /// Members of a cluster. All their addresses fit ``answerBytes``.
  package static let members = 100
  /// How far a message's term may be beyond the receiver's. Elections take a second each: no node
  /// is away for so many of them, and a forged term must not use up those there are.
  package static let termLeap: UInt64 = 1_000_000
  /// Bytes of one entry: with what stands around it, it has to fit a request's body.
  static let entryBytes = 9 << 20
  /// Bytes gathered for one request; exceeded by at most one message.
  package static let requestBytes = 1 << 20
  /// Bytes waiting for one peer; what comes beyond that is dropped, and asked for again.
  package static let waitingBytes = 32 << 20
  /// Requests on their way to one peer and not answered.
  package static let unansweredRequests = 8
  /// Bytes of a peer's answer: nothing, a reason, or the members.
  package static let answerBytes = 1 << 20
}
