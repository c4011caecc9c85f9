// All nodes wait equally long, and campaign together for ever.
// says: invariant 2: it is drawn anew each time, and every length occurs
// says: expected: 10 lengths
// says: seen:     1 length
mutating func drawElectionTimeout() -> Int {
  return options.electionTicks
}
