// Its hint is the entry before, so that the leader goes back one entry at a time.
// says: invariant 2: an append that does not fit is rejected, and changes nothing
// says: expected: log 1; to n2 rejected after 3: try 1/1 (log ends at 1)
private mutating func reject(_ append: AppendEntries, from leader: NodeID) {
  let before = append.previous.index - 1
  let rejection = Rejection(
    previousIndex: append.previous.index,
    hint: LogPosition(index: before, term: log.term(at: before) ?? .zero), lastIndex: log.lastIndex)
  send(.appendReply(AppendReply(result: .rejected(rejection), round: append.round)), to: leader)
}
