public import Store

/// What one node says to another.
///
/// Messages may be lost, doubled, delayed and overtake each other; every one of them is either
/// still true when it arrives or recognised as stale.
public struct Message: Hashable, Sendable {
  public var from: NodeID
  public var to: NodeID
  /// The sender's term. For a pre-vote, and for its grant, the term the election would be in.
  public var term: Term
  /// What it says.
  public var content: Content

  public init(from: NodeID, to: NodeID, term: Term, content: Content) {
    self.from = from
    self.to = to
    self.term = term
    self.content = content
  }

  /// The kinds of messages.
  public enum Content: Hashable, Sendable {
    /// "Would you vote for me?": asked first, changes nothing (dissertation, section 9.6).
    case preVote(VoteRequest)
    /// Also tells how far the voter knows the log to be committed. A candidate that holds that
    /// position learns it, and may learn of a change of membership that way: that it needs other
    /// votes, or none. The leader that removed itself may have been the last one able to tell it.
    case preVoteReply(granted: Bool, commit: LogPosition)
    /// "Vote for me" (paper, section 5.2).
    case requestVote(VoteRequest)
    case voteReply(granted: Bool)
    /// "These entries follow on that one" (paper, section 5.3).
    case appendEntries(AppendEntries)
    /// Answers appends and snapshots.
    case appendReply(AppendReply)
    /// "I still lead."
    case heartbeat(Heartbeat)
    /// Answers a heartbeat with its round.
    case heartbeatReply(round: UInt64)
    /// "Take this state instead of the entries that made it" (paper, section 7). The snapshot
    /// itself travels beside this message, and before it is handed to the core.
    case installSnapshot(SnapshotMetadata, round: UInt64)
    /// "Campaign now, without waiting" (dissertation, section 3.10).
    case timeoutNow
    /// "You acknowledged everything up to here in this term, and your log ends before it." A
    /// follower of which that is true has lost what it had promised to keep, and stops.
    case lossNotice(matchIndex: LogIndex)
  }
}

/// What a candidate asks with; the paper's RequestVote.
public struct VoteRequest: Hashable, Sendable {
  /// Where the candidate's log ends; it is what the voter judges by (paper, section 5.4.1).
  public var lastPosition: LogPosition
  /// The leader itself asked for this election, so it is no disturbance.
  public var isTransfer: Bool

  public init(lastPosition: LogPosition, isTransfer: Bool) {
    self.lastPosition = lastPosition
    self.isTransfer = isTransfer
  }
}

/// What a leader sends; the paper's AppendEntries.
public struct AppendEntries: Hashable, Sendable {
  /// What must stand before the entries.
  public var previous: LogPosition
  /// May be empty: then the message only asks whether `previous` is there, and tells the commit.
  public var entries: [Entry]
  /// How far the leader has committed.
  public var commitIndex: LogIndex
  /// When it was sent, by the leader's count of rounds; see ``Heartbeat/round``.
  public var round: UInt64

  public init(
    previous: LogPosition, entries: [Entry], commitIndex: LogIndex, round: UInt64
  ) {
    self.previous = previous
    self.entries = entries
    self.commitIndex = commitIndex
    self.round = round
  }
}

/// A follower's answer to an append or to a snapshot.
public struct AppendReply: Hashable, Sendable {
  /// Whether it fitted.
  public enum Result: Hashable, Sendable {
    /// The follower's log is durable, and equal to the leader's, up to here.
    case accepted(matchIndex: LogIndex)
    /// Nothing with that term stands at `previous`.
    case rejected(Rejection)
  }
  /// What became of it.
  public var result: Result
  /// The round of the message answered.
  public var round: UInt64

  public init(result: Result, round: UInt64) {
    self.result = result
    self.round = round
  }
}

/// Why an append did not fit, with enough to skip whole terms at once (paper, end of section 5.3).
public struct Rejection: Hashable, Sendable {
  /// The index the append wanted to follow on.
  public var previousIndex: LogIndex
  /// The last position of the follower that could match: nothing later does.
  public var hint: LogPosition
  /// Where the follower's log ends.
  public var lastIndex: LogIndex

  public init(previousIndex: LogIndex, hint: LogPosition, lastIndex: LogIndex) {
    self.previousIndex = previousIndex
    self.hint = hint
    self.lastIndex = lastIndex
  }
}

/// "I lead still", with what a follower may make of it.
public struct Heartbeat: Hashable, Sendable {
  /// How far the leader has committed, with the term of that entry: a follower that holds this
  /// very position may commit it at once, however little the leader knows of its log.
  public var commit: LogPosition
  /// The leader's own count of its broadcasts in this term. It comes back in every reply, so the
  /// leader knows which replies answer something it sent after a read arrived.
  public var round: UInt64

  public init(commit: LogPosition, round: UInt64) {
    self.commit = commit
    self.round = round
  }
}
