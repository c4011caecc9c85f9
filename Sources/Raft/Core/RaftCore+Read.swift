import Store

// How to read without writing: ReadIndex (dissertation, section 6.4).
//
//      read ──► the commit index, now ──► a round of heartbeats ──► a majority answered it
//                                                                             │
//      answer ◄── the state machine has applied up to that index ◄────────────┘
//
// A node that a majority still follows after the read arrived was the leader when it arrived. So no
// client had been told of anything newer than its commit index.

/// The reads waiting at a leader.
struct ReadQueue: Hashable, Sendable {
  struct Waiting: Hashable, Sendable {
    var id: ReadID
    var index: LogIndex
    /// Confirmed once a majority has answered this round or a later one.
    var round: UInt64
  }

  /// Not begun: they wait for the round before them, so that one round serves all of them.
  var arrived: [ReadID] = []
  /// In ascending order of rounds.
  var begun: [Waiting] = []

  /// All of them.
  var ids: [ReadID] { begun.map(\.id) + arrived }

  /// Whether a round is to begin: some have arrived, and none is under way.
  var needsRound: Bool { begun.isEmpty && !arrived.isEmpty }

  /// Makes all that have arrived part of a round.
  mutating func begin(_ round: UInt64, at index: LogIndex) {
    for id in arrived { begun.append(Waiting(id: id, index: index, round: round)) }
    arrived.removeAll(keepingCapacity: true)
  }

  /// Drops those whose round was answered, and returns them.
  mutating func confirm(through round: UInt64) -> [ConfirmedRead] {
    let confirmed = begun.prefix { $0.round <= round }.map {
      ConfirmedRead(id: $0.id, index: $0.index)
    }
    begun.removeFirst(confirmed.count)
    return confirmed
  }
}

extension RaftCore {
  /// Asks that a read be made linearizable; the answer comes as an effect.
  public mutating func read(_ id: ReadID) throws(Refusal) {
    if violation != nil { throw .stopped }
    guard role == .leader else { throw .notLeader(leader: leader) }
    leadership?.reads.arrived.append(id)
  }

  /// Begins a round for the reads that arrived, unless one is under way. A leader that has
  /// committed nothing in its term does not know how far its predecessors had: its reads wait.
  mutating func beginReads() {
    guard leadership?.reads.needsRound == true, hasCommittedInTerm else { return }
    broadcastHeartbeat()
    confirmReads()
  }

  /// Begins a round. Whatever reads wait are part of it.
  mutating func broadcastHeartbeat() {
    guard let round = leadership?.beginRound() else { return }
    leadership?.heartbeatElapsed = 0
    if hasCommittedInTerm { leadership?.reads.begin(round, at: commitIndex) }
    let heartbeat = Heartbeat(commit: commitPosition, round: round)
    for peer in peers { sendNow(.heartbeat(heartbeat), to: peer.id) }
  }

  /// Confirms the reads whose round, or a later one, a majority has answered.
  mutating func confirmReads() {
    guard leadership?.reads.begun.isEmpty == false else { return }
    let answered = reachedByQuorum(own: round) { $0.ackedRound }
    effects.confirmedReads += leadership?.reads.confirm(through: answered) ?? []
  }
}
