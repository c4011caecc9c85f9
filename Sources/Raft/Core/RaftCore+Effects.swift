import Store

// Work out: what the caller has to do about everything that has happened since it last asked.

extension RaftCore {
  /// Everything decided since the last call, once.
  public mutating func takeEffects() -> Effects {
    guard violation == nil else { return Effects() }
    if role == .leader {
      advanceTransfer()
      beginReads()
      sendAppends()
      leaveIfRemoved()
    }
    collectEntries()
    collectHardState()
    if effects.mustPersist {
      effects.batch = persistence.handOut(
        lastIndex: log.lastIndex, hardState: effects.hardState ?? persistence.hardState)
    } else {
      effects.batch = persistence.lastBatch
      releaseIfDurable()
    }
    let taken = effects
    effects = Effects()
    return taken
  }

  private mutating func collectEntries() {
    if persistence.handedOut < log.lastIndex {
      effects.entries = log.entries(after: persistence.handedOut, through: log.lastIndex)
    }
    if handedToApply < commitIndex {
      effects.committed = log.entries(after: handedToApply, through: commitIndex)
      handedToApply = commitIndex
    }
  }

  /// Term and vote are written whenever they changed. The commit index is written along with them
  /// and with entries, and by itself only when it brought another membership into force: a node
  /// that forgot that in a crash might wait for the vote of a node that was removed.
  private mutating func collectHardState() {
    let state = HardState(term: term, vote: vote, commitIndex: commitIndex)
    let known = persistence.hardState
    guard state != known else { return }
    if state.term != known.term || state.vote != known.vote || effects.mustPersist
      || known.commitIndex < membershipIndex
    {
      effects.hardState = state
    }
  }

  /// With nothing on its way to the disk, there is nothing to wait for.
  private mutating func releaseIfDurable() {
    guard persistence.isIdle, !effects.messagesAfterPersisting.isEmpty else { return }
    effects.messages += effects.messagesAfterPersisting
    effects.messagesAfterPersisting = []
  }

  /// Sends what promises something about this node's disk: it waits until that is durable.
  mutating func send(_ content: Message.Content, to node: NodeID, term: Term? = nil) {
    effects.messagesAfterPersisting.append(
      Message(from: id, to: node, term: term ?? self.term, content: content))
  }

  /// Sends what promises nothing: a leader's messages, and replies to heartbeats.
  mutating func sendNow(_ content: Message.Content, to node: NodeID) {
    effects.messages.append(Message(from: id, to: node, term: term, content: content))
  }
}
