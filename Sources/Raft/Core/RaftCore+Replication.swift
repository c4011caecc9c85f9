import Store

// How the other logs become equal to the leader's: the leader's side (paper, section 5.3;
// dissertation, section 10.2 for writing, batching and pipelining).
//
// Replies only move the leader's picture of its peers. What is to be sent follows from that picture
// in one place, `sendAppends`, once for all inputs since the last effects: entries proposed
// together travel together, and a commit travels with the entries behind it.

extension RaftCore {
  /// Appends an entry of its own to its log. Nothing is sent before the effects are taken.
  @discardableResult
  mutating func appendOwn(kind: Entry.Kind, payload: [UInt8]) -> LogIndex {
    let entry = Entry(index: log.lastIndex + 1, term: term, kind: kind, payload: payload)
    log.append(entry)
    leadership?.uncommittedBytes += entry.size
    return entry.index
  }

  /// Puts commands at the end of the log, in order; they are committed all or as a prefix.
  ///
  /// - Returns: the position of the first one. If another entry is committed at that index, the
  ///   commands are lost; until something is, their fate is open.
  public mutating func propose(_ payloads: [[UInt8]]) throws(Refusal) -> LogPosition {
    try checkProposable()
    let size = payloads.reduce(0) { $0 + $1.count + Entry.overhead }
    let waiting = leadership?.uncommittedBytes ?? 0
    if waiting > 0, waiting + size > options.maxUncommittedBytes {
      throw .tooMuchUncommitted
    }
    let first = LogPosition(index: log.lastIndex + 1, term: term)
    for payload in payloads { appendOwn(kind: .command, payload: payload) }
    return first
  }

  func checkProposable() throws(Refusal) {
    if violation != nil { throw .stopped }
    guard let leadership, leadership.leave == nil else { throw .notLeader(leader: leader) }
    if let transfer = leadership.transfer { throw .transferring(to: transfer.target) }
  }

  // MARK: Replies

  mutating func receive(_ reply: AppendReply, from follower: NodeID) {
    guard let peer = heard(from: follower, round: reply.round) else { return }
    switch reply.result {
    case .accepted(let matchIndex):
      accepted(matchIndex, by: peer)
      noteForLeave(follower, round: reply.round)
    case .rejected(let rejection): rejected(rejection, by: peer, round: reply.round)
    }
  }

  mutating func receiveHeartbeatReply(round: UInt64, from follower: NodeID) {
    guard let peer = heard(from: follower, round: round) else { return }
    leadership?.peers[peer].answeredHeartbeat()
    // A leader that is about to leave must know that its last message has arrived.
    if peers[peer].matchIndex < log.lastIndex || leadership?.leave != nil {
      leadership?.peers[peer].deservesNudge = true
    }
  }

  private mutating func accepted(_ matchIndex: LogIndex, by peer: Int) {
    // A follower knows only what it was told, so a greater index does not belong to this log.
    guard matchIndex <= log.lastIndex else { return }
    let (before, round) = (peers[peer].matchIndex, round)
    leadership?.peers[peer].matched(matchIndex, round: round, base: log.base.index)
    if peers[peer].matchIndex > before { advanceCommit() }
  }

  private mutating func rejected(_ rejection: Rejection, by peer: Int, round: UInt64) {
    if peers[peer].provesLoss(rejection, round: round) {
      return reportLoss(rejection, of: peer)
    }
    leadership?.peers[peer].rejected(rejection, log)
  }

  private mutating func reportLoss(_ rejection: Rejection, of peer: Int) {
    // Again with every rejection: the message that says so may be lost.
    sendNow(.lossNotice(matchIndex: peers[peer].matchIndex), to: peers[peer].id)
    guard !peers[peer].isDistrusted else { return }
    leadership?.peers[peer].isDistrusted = true
    effects.reports.append(
      .acknowledgedEntriesLost(
        peers[peer].id, matchIndex: peers[peer].matchIndex, lastIndex: rejection.lastIndex))
  }

  /// Notes that a peer is alive and has confirmed this leader up to a round. Returns its place in
  /// ``peers``, or nil if this node does not lead or the sender is not a peer.
  private mutating func heard(from follower: NodeID, round: UInt64) -> Int? {
    guard let peer = peers.firstIndex(where: { $0.id == follower }),
      peers[peer].isOwn(round: round)
    else { return nil }
    // One that was away may be back without what it had acknowledged: an append asks.
    if !isActive(peers[peer]) { leadership?.peers[peer].deservesNudge = true }
    leadership?.peers[peer].lastHeard = now
    if round > peers[peer].ackedRound {
      leadership?.peers[peer].ackedRound = round
      confirmReads()
    }
    return peer
  }

  // MARK: Sending

  /// Sends every peer what it lacks and may be sent now.
  mutating func sendAppends() {
    // Taken out, so that each peer's progress is changed in place.
    guard var leadership = leadership.take() else { return }
    var sending = Sending(round: leadership.round)
    for peer in leadership.peers.indices { sendAppends(to: &leadership.peers[peer], &sending) }
    self.leadership = leadership
  }

  private mutating func sendAppends(to peer: inout Progress, _ sending: inout Sending) {
    switch peer.state {
    case .probe:
      if !peer.isProbeUnderWay, sendAppend(to: &peer, &sending) { peer.probed() }
    case .replicate:
      replicate(to: &peer, &sending)
    case .snapshot:
      return
    }
  }

  private mutating func replicate(to peer: inout Progress, _ sending: inout Sending) {
    while peer.nextIndex <= log.lastIndex, !peer.isWindowFull(options) {
      guard sendAppend(to: &peer, &sending) else { return }
    }
    if peer.deservesNudge || peer.sentCommit < commitIndex { sendEmptyAppend(to: &peer, sending) }
  }

  /// Sends the entries from `nextIndex` on, or the snapshot if they are gone; false in that case.
  private mutating func sendAppend(
    to peer: inout Progress, _ sending: inout Sending
  ) -> Bool {
    let previous = peer.nextIndex - 1
    guard let previousTerm = log.term(at: previous) else {
      sendSnapshot(to: &peer, round: sending.round)
      return false
    }
    var maxBytes = options.maxAppendBytes
    if peer.state == .probe {
      if previous < log.lastIndex, log[previous + 1].size > options.maxProbeBytes {
        // An empty append finds out where the logs part; the large entry then goes only once.
        sendEmptyAppend(to: &peer, sending)
        return true
      }
      maxBytes = min(maxBytes, options.maxProbeBytes)
    }
    let entries = sending.entries(of: log, after: previous, maxBytes: maxBytes)
    if peer.state == .replicate {
      peer.sent(through: previous + UInt64(entries.count), bytes: sending.bytes)
    }
    send(entries, after: LogPosition(index: previous, term: previousTerm), to: &peer, sending)
    return true
  }

  /// Tells the commit, and finds out whether an earlier append was lost.
  private mutating func sendEmptyAppend(to peer: inout Progress, _ sending: Sending) {
    let previous = peer.nextIndex - 1
    guard let previousTerm = log.term(at: previous) else {
      return sendSnapshot(to: &peer, round: sending.round)
    }
    send([], after: LogPosition(index: previous, term: previousTerm), to: &peer, sending)
  }

  private mutating func send(
    _ entries: [Entry], after previous: LogPosition, to peer: inout Progress, _ sending: Sending
  ) {
    peer.told(commitIndex)
    let append = AppendEntries(
      previous: previous, entries: entries, commitIndex: commitIndex, round: sending.round)
    sendNow(.appendEntries(append), to: peer.id)
  }
}

/// What the appends sent at one time have in common: the leader's round, and the entries, made once
/// for all the followers that are at the same place.
private struct Sending {
  let round: UInt64
  private var previous: LogIndex?
  private var maxBytes = 0
  private var entries: [Entry] = []
  private(set) var bytes = 0

  init(round: UInt64) { self.round = round }

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
