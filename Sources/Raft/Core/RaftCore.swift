public import Store

/// What a node does in its term (Raft paper, figure 4, with the pre-candidate of section 9.6 of the
/// dissertation).
public enum Role: Hashable, Sendable {
  case follower
  /// Asks whether an election would succeed, before it begins one.
  case preCandidate
  case candidate
  case leader
}

/// One node's Raft: a value that is told what happened and says what to do.
///
/// ```
///   tick()  step(message)  propose(…)  read(…)  persisted(through:)
///      │          │            │          │             │
///      ▼          ▼            ▼          ▼             ▼
///   ┌──────────────────────────────────────────────────────┐
///   │ RaftCore: term, vote, log, commit index, role        │
///   └──────────────────────────┬───────────────────────────┘
///                              ▼
///                    takeEffects() -> Effects
/// ```
///
/// It has no clock, no thread, no file and no socket, and its random numbers are its own: the same
/// inputs give the same effects, anywhere. After each input, or after several, the caller takes the
/// effects and does them in the order that ``Effects`` prescribes.
///
/// References are to "In Search of an Understandable Consensus Algorithm" (the paper) and to Diego
/// Ongaro's dissertation "Consensus: Bridging Theory and Practice". Where to find what:
///
/// | file | question |
/// | --- | --- |
/// | `+Election`, `+Vote` | who leads, and who may |
/// | `+Replication`, `+Append` | how the other logs become equal to the leader's |
/// | `+Commit` | when an entry can no longer be lost |
/// | `+Read` | how to read without writing |
/// | `+Membership`, `+Transfer` | who takes part, and who leads next |
/// | `+Snapshot` | what to do when the log is gone |
/// | `+Tick`, `+Effects` | time in, work out |
public struct RaftCore: Hashable, Sendable {
  /// Who this node is.
  public internal(set) var id: NodeID
  /// Its limits and times.
  public let options: RaftOptions

  // MARK: Persistent (paper, figure 2): what counts is only what was handed to the disk.

  /// The latest term it has seen.
  public internal(set) var term: Term
  /// The candidate it voted for in that term, if any.
  public internal(set) var vote: NodeID?
  /// The log, as far as memory keeps it.
  public internal(set) var log: RaftLog
  var persistence: Persistence

  // MARK: Volatile, on every node.

  /// What it does in this term.
  public internal(set) var role = Role.follower
  /// Who leads this term, as far as this node knows.
  public internal(set) var leader: NodeID?
  /// Everything up to here is committed; it never falls.
  public internal(set) var commitIndex: LogIndex
  /// The membership as of `commitIndex`.
  public internal(set) var membership: Membership
  /// The index of the entry that says so.
  var membershipIndex: LogIndex
  /// Why this node stopped. From then on it neither listens nor speaks.
  public internal(set) var violation: Violation?

  /// Ticks since the start.
  var now: UInt64 = 0
  /// Ticks since the leader was heard of, a vote was given, or a campaign began.
  var electionElapsed = 0
  /// How many of those make this node campaign; drawn anew with every change of role.
  var electionTimeout = 0
  var random: SplitMix64

  // MARK: What belongs to a role: it comes and goes with it, in `enter` alone.

  /// A candidate's, and that of one that asks first.
  var candidacy: Candidacy?
  /// A leader's.
  public internal(set) var leadership: Leadership?

  // MARK: What the next effects will say.

  var effects = Effects()
  /// The last entry handed out as committed.
  var handedToApply: LogIndex

  /// A node that starts: a follower, with what its disk holds.
  ///
  /// Entries behind the snapshot that were committed are handed out again, so the state machine
  /// must be at the snapshot's position.
  public init(id: NodeID, restored: RestoredState, options: RaftOptions = RaftOptions()) {
    self.id = id
    self.options = options
    term = restored.hardState.term
    vote = restored.hardState.vote
    log = RaftLog(snapshot: restored.snapshot, entries: restored.entries)
    persistence = Persistence(
      hardState: restored.hardState, lastIndex: log.lastIndex, isDurable: restored.isDurable)
    membership = restored.snapshot.membership
    commitIndex = restored.snapshot.position.index
    membershipIndex = commitIndex
    handedToApply = commitIndex
    random = SplitMix64(seed: options.seed)
    electionTimeout = drawElectionTimeout()
    commit(upTo: min(restored.hardState.commitIndex, log.lastIndex))
  }

  /// Takes in a message from another node.
  public mutating func step(_ message: Message) {
    guard violation == nil, message.to == id else { return }
    if message.term < term { return answerStale(message) }
    if message.term > term {
      guard accepts(higherTermOf: message) else { return }
    }
    switch message.content {
    case .preVote(let request): answerPreVote(request, from: message.from, term: message.term)
    case .requestVote(let request): answerVote(request, from: message.from)
    case .preVoteReply(let granted, let commit):
      if log.holds(commit) { self.commit(upTo: commit.index) }
      // With one voter less, a majority may already hold more.
      if role == .leader { advanceCommit() }
      count(message, granted: granted, asked: .preCandidate)
    case .voteReply(let granted):
      count(message, granted: granted, asked: .candidate)
    case .appendEntries(let append):
      guard follow(message.from) else { return }
      receive(append, from: message.from)
    case .heartbeat(let heartbeat):
      guard follow(message.from) else { return }
      receive(heartbeat, from: message.from)
    case .installSnapshot(let snapshot, let round):
      guard follow(message.from) else { return }
      receive(snapshot, round: round, from: message.from)
    case .appendReply(let reply): receive(reply, from: message.from)
    case .heartbeatReply(let round): receiveHeartbeatReply(round: round, from: message.from)
    case .timeoutNow: campaignNow(askedBy: message.from)
    case .lossNotice(let matchIndex):
      guard follow(message.from) else { return }
      receive(lossOf: matchIndex)
    }
  }

  /// Everything up to this batch of ``Effects`` is durable.
  public mutating func persisted(through batch: UInt64) {
    guard violation == nil else { return }
    persistence.finished(through: batch)
    switch role {
    case .candidate: countOwnVote()
    case .leader: advanceCommit()
    case .follower, .preCandidate: break
    }
  }
}

// MARK: - Roles

extension RaftCore {
  /// What a leader knows of each other member, in ascending order of their ids; empty if this node
  /// does not lead.
  @inlinable public var peers: [Progress] { leadership?.peers ?? [] }

  /// A leader's count of its broadcasts; see ``Heartbeat/round``.
  var round: UInt64 { leadership?.round ?? 0 }
}

// MARK: - Terms

extension RaftCore {
  /// A message of a later term turns any node into a follower (paper, section 5.1), with three
  /// exceptions. Returns false if the message is to be ignored.
  private mutating func accepts(higherTermOf message: Message) -> Bool {
    switch message.content {
    case .preVote(let request):
      return request.isTransfer || !hearsLeader
    case .requestVote(let request):
      // A node that hears a leader ignores candidates (dissertation, section 4.2.3).
      guard request.isTransfer || !hearsLeader else { return false }
      becomeFollower(term: message.term, leader: nil)
    case .preVoteReply(granted: true, _):
      return true  // Granted for a term that has not begun.
    case .appendEntries, .heartbeat, .installSnapshot, .lossNotice:
      becomeFollower(term: message.term, leader: message.from)
    case .preVoteReply, .voteReply, .appendReply, .heartbeatReply, .timeoutNow:
      becomeFollower(term: message.term, leader: nil)
    }
    return true
  }

  /// A reply in a later term tells a sender that was left behind about that term (paper, section
  /// 5.1). It also helps a node whose own term ran ahead: the leader it cannot follow hears of that
  /// term and steps down.
  private mutating func answerStale(_ message: Message) {
    switch message.content {
    case .preVote:
      send(.preVoteReply(granted: false, commit: commitPosition), to: message.from)
    case .requestVote: send(.voteReply(granted: false), to: message.from)
    case .appendEntries(let append): refuse(append.previous.index)
    case .heartbeat(let heartbeat): refuse(heartbeat.commit.index)
    case .installSnapshot(let snapshot, _): refuse(snapshot.position.index)
    case .preVoteReply, .voteReply, .appendReply, .heartbeatReply, .timeoutNow, .lossNotice: break
    }
    func refuse(_ index: LogIndex) {
      let rejection = Rejection(
        previousIndex: index, hint: log.lastPosition, lastIndex: log.lastIndex)
      // Rounds are counted from the beginning in each term, and the sender may lead this one by
      // now: the message's round belongs to an earlier term and must confirm nothing in this one.
      send(.appendReply(AppendReply(result: .rejected(rejection), round: 0)), to: message.from)
    }
  }

  /// Recognises the sender of a leader's message as the leader of this term; false stops the node.
  private mutating func follow(_ sender: NodeID) -> Bool {
    if let known = role == .leader ? id : leader, known != sender {
      violation = .secondLeader(term: term, first: known, second: sender)
      return false
    }
    if role == .follower { leader = sender } else { becomeFollower(term: term, leader: sender) }
    electionElapsed = 0
    return true
  }
}
