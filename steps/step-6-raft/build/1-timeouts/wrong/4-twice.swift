// The range has one length too many.
// says: invariant 1: an election timeout is between electionTicks and twice that, less one
// says: seen:     outside
mutating func drawElectionTimeout() -> Int {
  return options.electionTicks + random.next(below: options.electionTicks + 1)
}
