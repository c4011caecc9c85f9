import Store

// How to read without writing: ReadIndex (dissertation, section 6.4).
//
//      read ──► the commit index, now ──► a round of heartbeats ──► a majority answered it
//                                                                             │
//      answer ◄── the state machine has applied up to that index ◄────────────┘
//
// Whoever still has a majority behind it after the read arrived was the leader when it arrived, so
// nothing newer than its commit index had been acknowledged to anybody.

/// The reads waiting at a leader, and its count of rounds.
struct ReadQueue: Hashable, Sendable {
  struct Waiting: Hashable, Sendable {
    var id: ReadID
    var index: LogIndex
    /// Confirmed once a majority has answered this round or a later one.
    var round: UInt64
  }

  /// Counts the leader's broadcasts in its term. Matching replies by a number of the leader's own,
  /// not by a name the client chose, keeps late replies from confirming later reads.
  var round: UInt64 = 0
  /// Not begun: they wait for the round before them, so that one round serves all of them.
  var arrived: [ReadID] = []
  /// In ascending order of rounds.
  var begun: [Waiting] = []

  /// Forgets everything, and tells whom that disappoints.
  mutating func removeAll() -> [ReadID] {
    let lost = begun.map(\.id) + arrived
    self = ReadQueue()
    return lost
  }
}

extension RaftCore {
  /// Asks that a read be made linearizable; the answer comes as an effect.
  public mutating func read(_ id: ReadID) throws(Refusal) {
    if violation != nil { throw .stopped }
    guard role == .leader else { throw .notLeader(leader: leader) }
    reads.arrived.append(id)
  }

  /// Begins a round for the reads that arrived, unless one is under way. A leader that has committed
  /// nothing in its term does not know how far its predecessors had: its reads wait.
  mutating func beginReads() {
    guard !reads.arrived.isEmpty, reads.begun.isEmpty, hasCommittedInTerm else { return }
    broadcastHeartbeat()
    confirmReads()
  }

  /// Begins a round. Whatever reads wait are part of it.
  mutating func broadcastHeartbeat() {
    heartbeatElapsed = 0
    reads.round += 1
    if hasCommittedInTerm {
      for id in reads.arrived {
        reads.begun.append(ReadQueue.Waiting(id: id, index: commitIndex, round: reads.round))
      }
      reads.arrived.removeAll(keepingCapacity: true)
    }
    let heartbeat = Heartbeat(commit: commitPosition, round: reads.round)
    for peer in peers { sendNow(.heartbeat(heartbeat), to: peer.id) }
  }

  /// Lets go the reads whose round a majority has answered, all the earlier ones with it.
  mutating func confirmReads() {
    guard !reads.begun.isEmpty else { return }
    let confirmed = reachedByQuorum(own: reads.round) { $0.ackedRound }
    let count = reads.begun.prefix { $0.round <= confirmed }.count
    for read in reads.begun.prefix(count) {
      effects.confirmedReads.append(ConfirmedRead(id: read.id, index: read.index))
    }
    reads.begun.removeFirst(count)
  }
}
