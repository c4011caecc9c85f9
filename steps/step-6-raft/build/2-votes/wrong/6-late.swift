// It counts whatever comes in.
// says: invariant 7: a reply counts only for what is asked now, and once for each voter
mutating func count(_ message: Message, granted: Bool, asked: Role) {
  count(Ballot(voter: message.from, granted: granted))
}
