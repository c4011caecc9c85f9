public import Store

/// What a leader knows of one member's log, and what it has under way to it.
///
/// ```
///              rejection, or a lost append              needs what was compacted
///        ┌───────────────────────────────┐        ┌──────────────────────────────┐
///        ▼                               │        │                              ▼
///     probe ──────── accepted ───────► replicate ─┤                          snapshot
///   one append,                   window of appends,                      nothing is sent
///   then wait                     sent without waiting                           │
///        ▲                                                                       │
///        └──────────── it has the snapshot, or could not be sent it ─────────────┘
/// ```
///
/// `matchIndex < nextIndex` always, and `matchIndex` never falls within a term.
public struct Progress: Hashable, Sendable {
  /// How the leader sends to it.
  public enum State: Hashable, Sendable {
    /// Where the logs part is unknown: one append at a time looks for it.
    case probe
    /// The logs agree up to `nextIndex`, unless something was lost: appends follow on each other.
    case replicate
    /// The member needs entries that are gone: the snapshot of this index is on its way.
    case snapshot(LogIndex)
  }

  /// The member.
  public internal(set) var id: NodeID
  /// Whether its acknowledgements count.
  public internal(set) var isVoter: Bool
  /// See the picture above.
  public internal(set) var state = State.probe
  /// The member's log is durable, and equal to the leader's, up to here.
  public private(set) var matchIndex: LogIndex
  /// The next entry to send.
  public internal(set) var nextIndex: LogIndex

  /// A probe was sent and not answered.
  private(set) var isProbeUnderWay = false
  /// How many more heartbeats it answers before the probe is taken for lost.
  private var probePatience = 0
  /// What that is for the next probe. It doubles with each that is not answered: on a link that is
  /// slow the probes are not lost but queue, and as many as there are heartbeats would fill it.
  private var nextProbePatience = 1
  /// It answered a heartbeat while it lacked entries: send an append even if only to learn whether
  /// something was lost.
  var deservesNudge = false
  /// The greatest commit index sent to it.
  var sentCommit = LogIndex.zero
  /// The latest round of the leader's it answered; see ``Heartbeat/round``.
  public internal(set) var ackedRound: UInt64 = 0
  /// The leader's round when `matchIndex` last rose.
  private(set) var matchRound: UInt64 = 0
  /// The leader's tick when it was last heard from.
  public internal(set) var lastHeard: UInt64
  /// Its disk lost what it had acknowledged, and may have lost its votes as well: it counts for
  /// nothing, neither for commits nor for reads nor for this leader's authority.
  public internal(set) var isDistrusted = false
  /// The leader's round when the member was added. Replies to earlier rounds date from an earlier
  /// membership of the same node, perhaps with another disk.
  private let firstRound: UInt64
  /// What is on its way, oldest first; empty unless replicating.
  private(set) var inflight: [Inflight] = []
  private(set) var inflightBytes = 0
  /// With probes of 64 KiB and ten heartbeats a second, 10 KiB a second.
  private static let maxProbePatience = 64

  /// How many appends are on their way.
  public var inflightCount: Int { inflight.count }

  struct Inflight: Hashable, Sendable {
    var lastIndex: LogIndex
    var bytes: Int
  }

  init(id: NodeID, isVoter: Bool, nextIndex: LogIndex, now: UInt64, round: UInt64 = 0) {
    self.id = id
    self.isVoter = isVoter
    self.nextIndex = nextIndex
    matchIndex = .zero
    lastHeard = now
    firstRound = round
  }

  /// Whether a reply to a message of this round can be this member's, and not an earlier one's of
  /// the same id.
  func isOwn(round: UInt64) -> Bool { round >= firstRound }

  /// Whether its acknowledgements count.
  var counts: Bool { isVoter && !isDistrusted }

  // MARK: Received

  /// The member has answered a heartbeat, which overtakes what is large.
  mutating func answeredHeartbeat() {
    probePatience -= 1
    if probePatience <= 0 { isProbeUnderWay = false }
  }

  /// The member has everything up to `index`, of a log that begins at `base`. Late replies change
  /// nothing.
  mutating func matched(_ index: LogIndex, round: UInt64, base: LogIndex) {
    if index > matchIndex {
      matchIndex = index
      matchRound = round
    }
    nextIndex = max(nextIndex, index + 1)
    let arrived = inflight.prefix { $0.lastIndex <= index }
    inflightBytes -= arrived.reduce(0) { $0 + $1.bytes }
    inflight.removeFirst(arrived.count)
    // Something was accepted, so it is known where the logs part; and if the entries from there on
    // are still here, it does not matter whether a snapshot brought it so far.
    if state != .replicate, matchIndex >= base {
      become(.replicate)
      nextIndex = matchIndex + 1
    }
  }

  /// An append did not fit: the next one goes back to where the logs may agree.
  mutating func rejected(_ rejection: Rejection, _ log: RaftLog) {
    switch state {
    case .snapshot:
      return
    case .replicate:
      // An append was lost, or came out of order. What matched once still does, so go back to
      // there.
      guard rejection.previousIndex > matchIndex else { return }
      become(.probe)
      nextIndex = matchIndex + 1
    case .probe:
      // Only the reply to the last probe counts; late ones would move it back again and again.
      guard rejection.previousIndex == nextIndex - 1 else { return }
      let common = log.lastPosition(upTo: rejection.hint.index, termAtMost: rejection.hint.term)
      nextIndex = max(min(common.index + 1, rejection.previousIndex), matchIndex + 1)
      isProbeUnderWay = false
      nextProbePatience = 1
    }
  }

  // MARK: Sent

  /// A probe has left.
  mutating func probed() {
    isProbeUnderWay = true
    probePatience = nextProbePatience
    nextProbePatience = min(2 * nextProbePatience, Self.maxProbePatience)
  }

  mutating func sent(through index: LogIndex, bytes: Int) {
    nextIndex = index + 1
    inflight.append(Inflight(lastIndex: index, bytes: bytes))
    inflightBytes += bytes
  }

  /// An append of any kind has left, and told it of a commit.
  mutating func told(_ commitIndex: LogIndex) {
    deservesNudge = false
    sentCommit = max(sentCommit, commitIndex)
  }

  /// A snapshot was handed to the transport.
  mutating func sending(_ snapshot: LogIndex) {
    become(.snapshot(snapshot))
    nextIndex = snapshot + 1
    sentCommit = max(sentCommit, snapshot)
  }

  /// The transport is done with the snapshot. A probe will ask what became of it, after the member
  /// next answers a heartbeat.
  mutating func snapshotSent(succeeded: Bool) {
    become(.probe)
    isProbeUnderWay = true
    probePatience = 1
    if !succeeded { nextIndex = matchIndex + 1 }
  }

  func isWindowFull(_ options: RaftOptions) -> Bool {
    inflight.count >= options.maxInflightAppends || inflightBytes >= options.maxInflightBytes
  }

  /// Every change of state forgets what was on its way, so that no window stays shut.
  mutating func become(_ state: State) {
    self.state = state
    isProbeUnderWay = false
    nextProbePatience = 1
    deservesNudge = false
    inflight.removeAll(keepingCapacity: true)
    inflightBytes = 0
  }

  /// Whether a rejection answers something the leader sent after it knew `matchIndex`, and says
  /// that the log over there ends before it: then it was not delayed, but the entries are lost.
  func provesLoss(_ rejection: Rejection, round: UInt64) -> Bool {
    round > matchRound && rejection.lastIndex < matchIndex
  }
}
