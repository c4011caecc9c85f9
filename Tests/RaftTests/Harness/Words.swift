import Store

@testable import Raft

// How a trace speaks of messages, entries and roles.

func words(_ entries: [Entry]) -> String {
  entries.map(words).joined(separator: " ")
}

func words(_ entry: Entry) -> String {
  switch entry.kind {
  case .noOp: "\(entry.position)"
  case .command: "\(entry.position)=\(abbreviated(String(decoding: entry.payload, as: UTF8.self)))"
  case .membership(let membership): "\(entry.position)=(\(words(membership)))"
  }
}

private func abbreviated(_ text: String) -> String {
  text.count <= 12 ? text : "<\(text.count) bytes>"
}

func words(_ membership: Membership) -> String {
  let voters = "voters " + membership.voters.map(\.description).joined(separator: " ")
  if membership.learners.isEmpty { return voters }
  return voters + ", learners " + membership.learners.map(\.description).joined(separator: " ")
}

func words(_ role: Role) -> String {
  switch role {
  case .follower: "follower"
  case .preCandidate: "pre-candidate"
  case .candidate: "candidate"
  case .leader: "leader"
  }
}

func words(_ message: Message) -> String {
  switch message.content {
  case .preVote(let request):
    return "pre-vote for term \(message.term)? log ends at \(request.lastPosition)"
  case .preVoteReply(let granted, _):
    return granted ? "pre-vote granted for term \(message.term)" : "pre-vote denied"
  case .requestVote(let request):
    let why = request.isTransfer ? ", at the leader's wish" : ""
    return "vote in term \(message.term)? log ends at \(request.lastPosition)\(why)"
  case .voteReply(let granted):
    return granted ? "vote granted in term \(message.term)" : "vote denied in term \(message.term)"
  case .appendEntries(let append):
    let what = append.entries.isEmpty ? "nothing" : words(append.entries)
    return "append after \(append.previous): \(what) (commit \(append.commitIndex))"
  case .appendReply(let reply):
    switch reply.result {
    case .accepted(let index):
      return "accepted up to \(index)"
    case .rejected(let no):
      return "rejected after \(no.previousIndex): try \(no.hint) (log ends at \(no.lastIndex))"
    }
  case .heartbeat(let heartbeat):
    return "heartbeat \(heartbeat.round) (commit \(heartbeat.commit))"
  case .heartbeatReply(let round):
    return "heard heartbeat \(round)"
  case .installSnapshot(let snapshot, _):
    return "snapshot of \(snapshot.position), \(words(snapshot.membership))"
  case .timeoutNow:
    return "campaign now"
  case .lossNotice(let index):
    return "you had acknowledged everything up to \(index)"
  }
}

/// The one word by which directives choose messages.
func kind(_ message: Message) -> String {
  switch message.content {
  case .preVote: "preVote"
  case .preVoteReply: "preVoteReply"
  case .requestVote: "vote"
  case .voteReply: "voteReply"
  case .appendEntries: "append"
  case .appendReply: "appendReply"
  case .heartbeat: "heartbeat"
  case .heartbeatReply: "heartbeatReply"
  case .installSnapshot: "snapshot"
  case .timeoutNow: "timeoutNow"
  case .lossNotice: "lossNotice"
  }
}

func words(_ refusal: Refusal) -> String {
  switch refusal {
  case .notLeader(nil): "not the leader, and knows of none"
  case .notLeader(let leader?): "not the leader: that is \(leader)"
  case .transferring(let target): "leadership is going to \(target)"
  case .tooMuchUncommitted: "too much is waiting to be committed"
  case .changePending: "an earlier change, or the term's first entry, is not committed"
  case .pointlessChange: "that changes nothing, or is impossible"
  case .notCaughtUp: "the learner lacks too much of the log"
  case .wouldLoseQuorum: "too few of the voters there would be are alive"
  case .stopped: "stopped"
  }
}

func words(_ violation: Violation) -> String {
  switch violation {
  case .secondLeader(let term, let first, let second):
    "two leaders in term \(term): \(first) and \(second)"
  case .committedEntryContradicted(let position, let leader):
    "\(leader) contradicts what is committed with \(position)"
  case .acknowledgedEntriesLost(let match, let last):
    "it acknowledged \(match) and ends at \(last)"
  }
}
