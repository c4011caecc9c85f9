// It forgets when the last heartbeat was, so that one is sent at each tick.
// says: invariant 2: a heartbeat goes to every other member, in a round of its own
// says: input:    and the next is due a heartbeat interval later
// says: expected: 0 ticks
// says: seen:     1 tick
mutating func broadcastHeartbeat() {
  guard let round = leadership?.beginRound() else { return }
  if hasCommittedInTerm { leadership?.reads.begin(round, at: commitIndex) }
  let heartbeat = Heartbeat(commit: commitPosition, round: round)
  for peer in peers { sendNow(.heartbeat(heartbeat), to: peer.id) }
}
