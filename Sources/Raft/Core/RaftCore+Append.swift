import Store

// How the leader's log becomes this node's: the follower's side (paper, section 5.3).

extension RaftCore {
  /// Takes entries that follow on a position it holds; if it does not hold it, says where to look.
  mutating func receive(_ append: AppendEntries, from leader: NodeID) {
    if let wrong = contradiction(in: append) { return stop(at: wrong, of: leader) }
    guard append.previous.index >= commitIndex else {
      // It is late: what is committed here is in the log of every later leader.
      return accept(commitIndex, of: append, from: leader)
    }
    guard log.holds(append.previous) else { return reject(append, from: leader) }
    extendLog(with: append)
    let last = append.previous.index + UInt64(append.entries.count)
    // Only as far as this message proved the logs equal: entries behind that may be leftovers.
    commit(upTo: min(append.commitIndex, last))
    accept(last, of: append, from: leader)
  }

  /// Appends new entries, and replaces the log from the first entry on that contradicts it. Entries
  /// that are already there stay, and so do those behind them: a message that was overtaken by a
  /// longer one must not remove what the longer one brought, because that was acknowledged.
  private mutating func extendLog(with append: AppendEntries) {
    guard let new = append.entries.firstIndex(where: { !log.holds($0.position) }) else { return }
    let first = append.entries[new].index
    if first <= log.lastIndex {
      log.truncate(from: first)
      persistence.truncated(from: first)
    }
    log.append(contentsOf: append.entries[new...])
  }

  /// Whether a leader's position is not what is committed here. What is committed is in the log of
  /// every later leader (paper, section 5.4.3): otherwise a promise is broken, and this node must
  /// not acknowledge anything to that leader.
  private func contradictsCommitted(_ position: LogPosition) -> Bool {
    guard position.index <= commitIndex, let own = log.term(at: position.index) else {
      return false
    }
    return own != position.term
  }

  private func contradiction(in append: AppendEntries) -> LogPosition? {
    if contradictsCommitted(append.previous) { return append.previous }
    let late = append.entries.lazy.prefix { $0.index <= commitIndex }
    return late.first { contradictsCommitted($0.position) }?.position
  }

  private mutating func stop(at position: LogPosition, of leader: NodeID) {
    violation = .committedEntryContradicted(position, by: leader)
  }

  mutating func receive(_ heartbeat: Heartbeat, from leader: NodeID) {
    if contradictsCommitted(heartbeat.commit) { return stop(at: heartbeat.commit, of: leader) }
    if log.holds(heartbeat.commit) { commit(upTo: heartbeat.commit.index) }
    // Says only "you still lead", which promises nothing about the disk.
    sendNow(.heartbeatReply(round: heartbeat.round), to: leader)
  }

  /// Within one term a log only grows up to what its leader knows of it. One that ends before that
  /// has lost what this node acknowledged, and may have lost a vote: it must no longer take part.
  mutating func receive(lossOf matchIndex: LogIndex) {
    guard log.lastIndex < matchIndex else { return }
    violation = .acknowledgedEntriesLost(matchIndex: matchIndex, lastIndex: log.lastIndex)
  }

  func acceptance(_ index: LogIndex, round: UInt64) -> Message.Content {
    .appendReply(AppendReply(result: .accepted(matchIndex: index), round: round))
  }

  private mutating func accept(_ index: LogIndex, of append: AppendEntries, from leader: NodeID) {
    send(acceptance(index, round: append.round), to: leader)
  }

  private mutating func reject(_ append: AppendEntries, from leader: NodeID) {
    let rejection = Rejection(
      previousIndex: append.previous.index,
      hint: log.lastPosition(upTo: append.previous.index, termAtMost: append.previous.term),
      lastIndex: log.lastIndex)
    send(.appendReply(AppendReply(result: .rejected(rejection), round: append.round)), to: leader)
  }
}
