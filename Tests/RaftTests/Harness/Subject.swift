import Store

@testable import Raft

/// One core with a disk that finishes at once, and nobody around it: the test plays the others.
struct Subject {
  var core: RaftCore
  /// What it said since the test last looked.
  private(set) var sent: [Message] = []
  private(set) var committed: [Entry] = []

  /// Node 1 of `count`, or another, with a log of these terms.
  init(
    id: UInt64 = 1, of count: UInt64, term: UInt64 = 0, vote: UInt64? = nil, terms: [UInt64] = [],
    commit: UInt64 = 0, seed: UInt64 = 1
  ) {
    let members = Membership(voters: (1...count).map { NodeID($0) })
    var options = RaftOptions()
    options.seed = seed
    var state = RestoredState.empty(members: members)
    state.hardState = HardState(
      term: Term(max(term, terms.last ?? 0)), vote: vote.map { NodeID($0) },
      commitIndex: LogIndex(commit))
    state.entries = Subject.entries(terms)
    core = RaftCore(id: NodeID(id), restored: state, options: options)
    flush()
  }

  static func entries(_ terms: [UInt64], after index: UInt64 = 0) -> [Entry] {
    terms.enumerated().map { offset, term in
      Entry(
        index: LogIndex(index + UInt64(offset) + 1), term: Term(term), kind: .command,
        payload: Array("\(index + UInt64(offset) + 1)".utf8))
    }
  }

  var terms: [UInt64] {
    core.log.entries(after: core.log.base.index, through: core.log.lastIndex)
      .map(\.term.rawValue)
  }

  mutating func run(_ input: (inout RaftCore) -> Void) {
    input(&core)
    flush()
  }

  /// A message to this node.
  mutating func hear(_ content: Message.Content, from: UInt64, term: UInt64) {
    let message = Message(from: NodeID(from), to: core.id, term: Term(term), content: content)
    run { $0.step(message) }
  }

  mutating func tick(_ count: Int = 1) {
    for _ in 0..<count { run { $0.tick() } }
  }

  mutating func takeSent() -> [Message] {
    defer { sent = [] }
    return sent
  }

  /// Its timer fires, and all others grant it the pre-vote: it is a candidate.
  mutating func becomeCandidate() {
    run { $0.becomePreCandidate() }
    if core.role == .preCandidate {
      for voter in core.membership.voters where voter != core.id && core.role == .preCandidate {
        hear(
          .preVoteReply(granted: true, commit: .zero), from: voter.rawValue,
          term: core.term.rawValue + 1)
      }
    }
    _ = takeSent()
  }

  /// … and its votes: it leads. Its first entry is sent, and acknowledged by nobody yet.
  mutating func becomeLeader() {
    becomeCandidate()
    for voter in core.membership.voters where voter != core.id && core.role == .candidate {
      hear(.voteReply(granted: true), from: voter.rawValue, term: core.term.rawValue)
    }
  }

  /// A follower has everything up to `index`.
  mutating func acknowledge(_ index: UInt64, by follower: UInt64) {
    let reply = AppendReply(result: .accepted(matchIndex: LogIndex(index)), round: 0)
    hear(.appendReply(reply), from: follower, term: core.term.rawValue)
  }

  mutating func propose(_ text: String) throws {
    _ = try core.propose([Array(text.utf8)])
    flush()
  }

  private mutating func flush() {
    while true {
      let effects = core.takeEffects()
      sent += effects.messages + effects.messagesAfterPersisting
      committed += effects.committed
      guard effects.mustPersist else { return }
      core.persisted(through: effects.batch)
    }
  }
}

func append(
  after index: UInt64 = 0, term: UInt64 = 0, _ entries: [Entry] = [], commit: UInt64 = 0
) -> Message.Content {
  .appendEntries(
    AppendEntries(
      previous: LogPosition(index: LogIndex(index), term: Term(term)), entries: entries,
      commitIndex: LogIndex(commit), round: 0))
}

func voteRequest(lastIndex: UInt64, lastTerm: UInt64) -> Message.Content {
  let position = LogPosition(index: LogIndex(lastIndex), term: Term(lastTerm))
  return .requestVote(VoteRequest(lastPosition: position, isTransfer: false))
}

func heartbeat(commit: UInt64 = 0, term: UInt64 = 0) -> Message.Content {
  let position = LogPosition(index: LogIndex(commit), term: Term(term))
  return .heartbeat(Heartbeat(commit: position, round: 1))
}
