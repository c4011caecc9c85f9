import Raft
import Store

/// A machine with a node on it: a process that can crash, a disk that survives, a clock that
/// drifts.
struct Host {
  let id: NodeID
  var node: RaftNode
  var machine: RegisterMachine
  /// What its disk must keep.
  var disk: DurableLog
  /// The real thing, if this schedule has it.
  var journal: JournaledDisk?
  /// What the disk was writing when the power went.
  var interrupted: DiskWrite?

  /// Which process this is; events of earlier ones are void.
  var life: Int32 = 0
  var isUp = true
  /// It is gone for good: the others have to do without it.
  var isLost = false
  /// Until when the process is stopped; it neither hears nor ticks.
  var pausedUntil: Instant = 0
  /// What arrived meanwhile.
  var mailbox: [Int32] = []
  /// Ticks that passed while the process did not run.
  var missedTicks = 0
  /// The length of one of its ticks.
  var tick: Instant

  /// Given to the disk and not finished, oldest first.
  var writing: [DiskWrite] = []
  /// When the disk began with the first of them.
  var writingSince: Instant = 0
  var diskSlowUntil: Instant = 0
  var diskFullUntil: Instant = 0
  /// Until when the disk finishes nothing.
  var diskStuckUntil: Instant = 0
  /// The snapshot being written.
  var savedSnapshot: (metadata: SnapshotMetadata, machine: RegisterMachine)?
  /// The state that came with the last snapshot message.
  var received: (position: LogPosition, machine: RegisterMachine)?

  /// The reads its node has taken, and neither answered nor given up.
  var reads: [ReadID] = []
  /// How far the machine has applied.
  var applied = LogIndex.zero
  /// The membership before the last input; commits may have been counted by it.
  var countedBy = Membership(voters: [])
  /// The latest term this host has vouched for in anything it said.
  var promisedTerm = Term.zero

  /// Whether its log has this position: in memory if it runs, else on its disk.
  func holds(_ position: LogPosition) -> Bool {
    guard isUp else { return disk.holds(position) }
    return position.index <= node.core.log.base.index || node.core.log.holds(position)
  }

  /// Where its log ends.
  var lastPosition: LogPosition { isUp ? node.core.log.lastPosition : disk.lastPosition }

  func isPaused(at time: Instant) -> Bool { pausedUntil > time }

  /// When to see whether a process that stands still goes on. One that a reader has stopped is let
  /// go on at any time.
  func nextLook(after time: Instant) -> Instant {
    pausedUntil - time > 100_000_000 ? time + 50_000 : pausedUntil
  }
}

/// Something on its way to the disk, which takes one after the other.
enum DiskWrite {
  /// A batch, with the state that a snapshot it installs stands for.
  case batch(Effects, installing: RegisterMachine?)
  /// The node's own snapshot, of which the file is there: from now on it counts. Not sooner than
  /// the entries it covers, or a crash could leave a log that does not follow on it.
  case adopt(SnapshotMetadata, RegisterMachine)

  /// Whether there is anything to write, and not only messages to let go.
  var takesTime: Bool {
    if case .batch(let effects, _) = self { return effects.mustPersist }
    return true
  }
}

/// Messages under way; their places are used again.
struct MessageBag {
  struct Envelope {
    var message: Message
    /// What a snapshot message brings along.
    var machine: RegisterMachine?
    var copies: Int32
  }

  private var envelopes: [Envelope?] = []
  private var free: [Int32] = []

  mutating func put(_ message: Message, machine: RegisterMachine?, copies: Int32) -> Int32 {
    let envelope = Envelope(message: message, machine: machine, copies: copies)
    if let place = free.popLast() {
      envelopes[Int(place)] = envelope
      return place
    }
    envelopes.append(envelope)
    return Int32(envelopes.count - 1)
  }

  /// The node it goes to, without taking it.
  func receiver(_ place: Int32) -> NodeID? { envelopes[Int(place)]?.message.to }

  mutating func take(_ place: Int32) -> Envelope? {
    guard let envelope = envelopes[Int(place)] else { return nil }
    if envelope.copies > 1 {
      envelopes[Int(place)]?.copies -= 1
    } else {
      envelopes[Int(place)] = nil
      free.append(place)
    }
    return envelope
  }
}
