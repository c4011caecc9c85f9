// A leader's own time stands still, so that it never notices that it is cut off.
// says: invariant 6: a leader counts towards its next heartbeat, not towards an election
// says: input:    and the time of each, after 3 ticks
// says: expected: 3 for a follower, 3 for a leader
// says: seen:     3 for a follower, 0 for a leader
public mutating func elapse() {
  persistence.tick()
  if role == .leader {
    leadership?.heartbeatElapsed += 1
  } else {
    now += 1
    electionElapsed += 1
  }
}
