// It takes the answer to the round before.
// says: invariant 1: the queue makes all that have arrived part of a round
// says: input:    1 and 2 in round 3 at 7, 5 in round 4 at 8; round 2 is answered
// says: expected: none
// says: seen:     read 1 at 7, read 2 at 7
mutating func confirm(through round: UInt64) -> [ConfirmedRead] {
  let confirmed = begun.prefix { $0.round <= round + 1 }.map {
    ConfirmedRead(id: $0.id, index: $0.index)
  }
  begun.removeFirst(confirmed.count)
  return confirmed
}
