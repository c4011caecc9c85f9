// It counts a grant of any term.
// says: invariant 7: a reply counts only for what is asked now, and once for each voter
// says: input:    a pre-candidate in term 1, and a pre-vote for term 1 comes late
// says: expected: pre-candidate in term 1
// says: seen:     candidate in term 2, voted n1
mutating func count(_ message: Message, granted: Bool, asked: Role) {
  guard role == asked else { return }
  count(Ballot(voter: message.from, granted: granted))
}
