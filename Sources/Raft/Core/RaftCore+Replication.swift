import Store

// How the leader's log becomes everybody's: the leader's side (paper, section 5.3; dissertation,
// section 10.2 for writing, batching and pipelining).
//
// Replies only move the leader's picture of its peers. What is to be sent follows from that picture
// in one place, `sendAppends`, once for all inputs since the last effects: entries proposed together
// travel together, and a commit travels with the entries behind it.

extension RaftCore {
  /// Appends an entry of its own to its log. Nothing is sent before the effects are taken.
  @discardableResult
  mutating func appendOwn(kind: Entry.Kind, payload: [UInt8]) -> LogIndex {
    let entry = Entry(index: log.lastIndex + 1, term: term, kind: kind, payload: payload)
    log.append(entry)
    uncommittedBytes += entry.size
    return entry.index
  }

  /// Puts commands at the end of the log, in order; they are committed all or as a prefix.
  ///
  /// - Returns: the position of the first one. If another entry is committed at that index, the
  ///   commands are lost; until something is, their fate is open.
  public mutating func propose(_ payloads: [[UInt8]]) throws(Refusal) -> LogPosition {
    try checkProposable()
    let size = payloads.reduce(0) { $0 + $1.count + Entry.overhead }
    if uncommittedBytes > 0, uncommittedBytes + size > options.maxUncommittedBytes {
      throw .tooMuchUncommitted
    }
    let first = LogPosition(index: log.lastIndex + 1, term: term)
    for payload in payloads { appendOwn(kind: .command, payload: payload) }
    return first
  }

  func checkProposable() throws(Refusal) {
    if violation != nil { throw .stopped }
    guard role == .leader, leave == nil else { throw .notLeader(leader: leader) }
    if let transfer { throw .transferring(to: transfer.target) }
  }

  // MARK: Replies

  mutating func receive(_ reply: AppendReply, from follower: NodeID) {
    guard role == .leader, let peer = heard(from: follower, round: reply.round) else { return }
    switch reply.result {
    case .accepted(let matchIndex):
      accepted(matchIndex, by: peer)
      noteForLeave(follower, round: reply.round)
    case .rejected(let rejection): rejected(rejection, by: peer, round: reply.round)
    }
  }

  mutating func receiveHeartbeatReply(round: UInt64, from follower: NodeID) {
    guard role == .leader, let peer = heard(from: follower, round: round) else { return }
    peers[peer].isProbeUnderWay = false
    // One that is about to leave has to know that its last word has come.
    if peers[peer].matchIndex < log.lastIndex || leave != nil { peers[peer].deservesNudge = true }
  }

  private mutating func accepted(_ matchIndex: LogIndex, by peer: Int) {
    // A follower knows no more than it was told, so a greater index is none of this log.
    guard matchIndex <= log.lastIndex else { return }
    let before = peers[peer].matchIndex
    peers[peer].matched(matchIndex, round: reads.round)
    // Something was accepted, so it is known where the logs part; and if the entries from there on
    // are still here, it does not matter whether a snapshot brought it so far.
    if peers[peer].state != .replicate, peers[peer].matchIndex >= log.base.index {
      peers[peer].become(.replicate)
      peers[peer].nextIndex = peers[peer].matchIndex + 1
    }
    if peers[peer].matchIndex > before { advanceCommit() }
  }

  private mutating func rejected(_ rejection: Rejection, by peer: Int, round: UInt64) {
    if peers[peer].provesLoss(rejection, round: round) {
      return reportLoss(rejection, of: peer)
    }
    switch peers[peer].state {
    case .snapshot:
      return
    case .replicate:
      // An append was lost, or came out of order. What matched once still does, so go back to there.
      guard rejection.previousIndex > peers[peer].matchIndex else { return }
      peers[peer].become(.probe)
      peers[peer].nextIndex = peers[peer].matchIndex + 1
    case .probe:
      // Only the answer to the last probe counts, or late ones would walk back for ever.
      guard rejection.previousIndex == peers[peer].nextIndex - 1 else { return }
      let common = log.lastPosition(upTo: rejection.hint.index, termAtMost: rejection.hint.term)
      peers[peer].nextIndex = max(
        min(common.index + 1, rejection.previousIndex), peers[peer].matchIndex + 1)
      peers[peer].isProbeUnderWay = false
    }
  }

  private mutating func reportLoss(_ rejection: Rejection, of peer: Int) {
    // Again with every rejection: the message that says so may be lost.
    sendNow(.lossNotice(matchIndex: peers[peer].matchIndex), to: peers[peer].id)
    guard !peers[peer].isDistrusted else { return }
    peers[peer].isDistrusted = true
    effects.reports.append(
      .acknowledgedEntriesLost(
        peers[peer].id, matchIndex: peers[peer].matchIndex, lastIndex: rejection.lastIndex))
  }

  /// Where the peer stands in ``peers``; it is alive, and confirmed this leader up to a round.
  private mutating func heard(from follower: NodeID, round: UInt64) -> Int? {
    guard let peer = peers.firstIndex(where: { $0.id == follower }),
      peers[peer].isOwn(round: round)
    else { return nil }
    peers[peer].lastHeard = now
    if round > peers[peer].ackedRound {
      peers[peer].ackedRound = round
      confirmReads()
    }
    return peer
  }

  // MARK: Sending

  /// Sends every peer what it lacks and may be sent now.
  mutating func sendAppends() {
    var shared = SharedEntries()
    for peer in peers.indices {
      switch peers[peer].state {
      case .probe:
        guard !peers[peer].isProbeUnderWay else { continue }
        peers[peer].isProbeUnderWay = sendAppend(to: peer, &shared)
      case .replicate:
        replicate(to: peer, &shared)
      case .snapshot:
        continue
      }
    }
  }

  private mutating func replicate(to peer: Int, _ shared: inout SharedEntries) {
    while peers[peer].nextIndex <= log.lastIndex, !peers[peer].isWindowFull(options) {
      guard sendAppend(to: peer, &shared) else { return }
    }
    if peers[peer].deservesNudge || peers[peer].sentCommit < commitIndex {
      sendEmptyAppend(to: peer)
    }
  }

  /// Sends what follows on `nextIndex`, or the snapshot if that is gone; false in the latter case.
  private mutating func sendAppend(to peer: Int, _ shared: inout SharedEntries) -> Bool {
    let previous = peers[peer].nextIndex - 1
    guard let previousTerm = log.term(at: previous) else {
      sendSnapshot(to: peer)
      return false
    }
    var maxBytes = options.maxAppendBytes
    if peers[peer].state == .probe {
      if previous < log.lastIndex, log[previous + 1].size > options.maxProbeBytes {
        // Where the logs part can be found out without the entry, which then goes once.
        sendEmptyAppend(to: peer)
        return true
      }
      maxBytes = min(maxBytes, options.maxProbeBytes)
    }
    let entries = shared.entries(of: log, after: previous, maxBytes: maxBytes)
    if peers[peer].state == .replicate {
      peers[peer].sent(through: previous + UInt64(entries.count), bytes: shared.bytes)
    }
    send(entries, after: LogPosition(index: previous, term: previousTerm), to: peer)
    return true
  }

  /// Tells the commit, and finds out whether an earlier append was lost.
  private mutating func sendEmptyAppend(to peer: Int) {
    let previous = peers[peer].nextIndex - 1
    guard let previousTerm = log.term(at: previous) else { return sendSnapshot(to: peer) }
    send([], after: LogPosition(index: previous, term: previousTerm), to: peer)
  }

  private mutating func send(_ entries: [Entry], after previous: LogPosition, to peer: Int) {
    peers[peer].deservesNudge = false
    peers[peer].sentCommit = max(peers[peer].sentCommit, commitIndex)
    let append = AppendEntries(
      previous: previous, entries: entries, commitIndex: commitIndex, round: reads.round)
    sendNow(.appendEntries(append), to: peers[peer].id)
  }
}

/// The entries of one append, made once for all the followers who stand at the same place.
private struct SharedEntries {
  private var previous: LogIndex?
  private var maxBytes = 0
  private var entries: [Entry] = []
  private(set) var bytes = 0

  mutating func entries(of log: RaftLog, after index: LogIndex, maxBytes: Int) -> [Entry] {
    if previous != index || self.maxBytes != maxBytes {
      previous = index
      self.maxBytes = maxBytes
      entries = log.entries(after: index, maxBytes: maxBytes)
      bytes = entries.reduce(0) { $0 + $1.size }
    }
    return entries
  }
}
