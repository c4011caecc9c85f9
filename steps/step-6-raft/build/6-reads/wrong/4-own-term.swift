// It forgets that a new leader does not know how far the log is committed.
// says: invariant 5: a leader that has committed nothing in its term lets reads wait
// says: expected: none
// says: seen:     read 1 at 0
mutating func broadcastHeartbeat() {
  guard let round = leadership?.beginRound() else { return }
  leadership?.heartbeatElapsed = 0
  leadership?.reads.begin(round, at: commitIndex)
  let heartbeat = Heartbeat(commit: commitPosition, round: round)
  for peer in peers { sendNow(.heartbeat(heartbeat), to: peer.id) }
}
