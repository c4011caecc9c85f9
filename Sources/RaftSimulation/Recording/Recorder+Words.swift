import Raft
import Store

// What a recording says of disks and messages.

extension Recorder {
  static func words(_ write: DiskWrite, over disk: DurableLog) -> String {
    guard case .batch(let effects, _) = write else { return "its snapshot" }
    var parts: [String] = []
    if let snapshot = effects.snapshot { parts.append("the snapshot of \(snapshot.position)") }
    if let state = effects.hardState,
      state.term != disk.hardState.term || state.vote != disk.hardState.vote
    {
      parts.append("term \(state.term)\(state.vote.map { ", vote for \($0)" } ?? "")")
    }
    if let first = effects.entries.first, let last = effects.entries.last {
      parts.append(
        first.index == last.index
          ? "entry \(first.index)" : "entries \(first.index) to \(last.index)")
    }
    return parts.joined(separator: ", ")
  }

  static func kind(_ message: Message) -> StaticString {
    switch message.content {
    case .preVote, .preVoteReply, .requestVote, .voteReply: "vote"
    case .appendEntries, .appendReply: "append"
    case .installSnapshot: "snapshot"
    case .heartbeat, .heartbeatReply: "beat"
    case .timeoutNow, .lossNotice: "other"
    }
  }
}
