import Raft

/// A mix of faults. Each schedule draws its own share of its profile's, so that a campaign also
/// sees the combinations that an average would smooth away.
public enum Profile: String, CaseIterable, Sendable {
  /// A healthy cluster: what goes wrong here goes wrong everywhere.
  case calm
  /// Loss, delay, duplication, reordering, partitions, one-way cuts.
  case network
  /// Crashes that lose what was not synced, of one node or of all, and pauses.
  case crash
  /// Slow, stuck, full and failing disks, and crashes in the middle of a write.
  case disk
  /// Elections all the time: hardly any patience, much loss, transfers, clocks that drift.
  case election
  /// Messages come a second time, terms later.
  case replay
  /// Nodes come and go.
  case membership
  /// Logs are compacted after a few entries, and followers need snapshots.
  case snapshot
  /// The membership changes while the network is at its worst: leaders that hear and are heard
  /// late, and rivals that campaign for their place meanwhile.
  case turnover
  /// All of the above.
  case mixed
}

/// What a schedule is made of, drawn from its seed.
struct ScheduleOptions {
  var profile: Profile
  var nodeCount: Int
  var clientCount: Int
  var keyCount: Int
  /// How many events the chaos lasts.
  var chaosEvents: Int

  var raft = RaftOptions()
  var node = NodeOptions()
  /// One tick of a node's clock.
  var tick: Instant = 10_000

  var delay: ClosedRange<Instant> = 300...3_000
  /// In a thousand.
  var lossRate = 0
  var duplicateRate = 0
  /// Messages that take many times as long, and so are overtaken, or outlive a term.
  var stragglerRate = 0
  /// By how much a copy may come later; 0: by as much as any message.
  var replayDelay: Instant = 0
  /// How much faster or slower a node's clock may run, in a thousand.
  var drift = 0
  var diskLatency: ClosedRange<Instant> = 50...500
  /// Whether hosts keep their logs in real journals over simulated directories.
  var usesJournal = false
  /// After so many bytes a journal begins another segment.
  var segmentSize = 1 << 20
  /// By how much a journal is padded at a time: less than a sector, or a few, or not.
  var logPadding: Int {
    switch segmentSize {
    case 500: 300
    case 3_000: 0
    default: 1_500
    }
  }
  /// Between one fault and the next.
  var faultInterval: Instant = 400_000
  /// How often each fault is chosen, relative to the others.
  var weights: [Fault: Int] = [:]
  /// How often, in a thousand, an operator asks a leader for a change as soon as it is elected.
  var operatorHaste = 0
  /// How often, in a thousand, a leader is cut off at the moment it is elected.
  var leaderJinx = 0
  /// All clocks tick at the same instants, and all messages take equally long.
  var isLockstep = false
  /// By how much messages may then still differ.
  var jitter: Instant = 0
  /// In a hundred.
  var readShare = 40
  /// Between one operation of a client and its next.
  var thinking: Instant = 10_000

  /// How long a client waits before it calls an outcome unknown.
  var patience: Instant { 4 * Instant(raft.electionTicks) * tick }

  /// What is left of a range of delays when the chaos has ended: the election timeout has to be
  /// much longer than a round trip, or no leader can be found for long (paper, section 5.6).
  func calmed(_ range: ClosedRange<Instant>) -> ClosedRange<Instant> {
    let most = Instant(raft.electionTicks) * tick / 20
    return min(range.lowerBound, most)...min(range.upperBound, most)
  }

  init(profile: Profile, nodeCount: Int?, chaosEvents: Int, random: inout SplitMix64) {
    self.profile = profile
    self.nodeCount = nodeCount ?? [3, 3, 3, 5, 5, 5, 4, 7, 2, 1][random.next(below: 10)]
    self.chaosEvents = chaosEvents
    clientCount = random.between(2, 5)
    keyCount = random.between(1, 4)
    readShare = random.between(20, 60)
    thinking = Instant(random.between(1, 30)) * 1_000
    raft.maxInflightAppends = random.between(1, 6)
    raft.maxAppendBytes = [1, 60, 200, 1 << 20][random.next(below: 4)]
    // Probes without entries, too.
    if raft.maxAppendBytes == 60 { raft.maxProbeBytes = 60 }
    raft.maxUncommittedBytes = random.chance(200) ? 400 : 1 << 20
    raft.heartbeatTicks = random.between(1, 3)
    node.snapshotInterval = 1_000
    node.entriesKept = UInt64(random.between(0, 5))
    usesJournal = random.chance([.crash, .disk, .snapshot].contains(profile) ? 700 : 200)
    segmentSize = [500, 3_000, 1 << 20][random.next(below: 3)]
    draw(profile, &random)
  }

  private mutating func draw(_ profile: Profile, _ random: inout SplitMix64) {
    switch profile {
    case .calm: return
    case .network: drawNetwork(&random)
    case .crash: drawCrashes(&random)
    case .disk: drawDisks(&random)
    case .election: drawElections(&random)
    case .replay: drawReplay(&random)
    case .membership: drawMembership(&random)
    case .snapshot: drawSnapshots(&random)
    case .turnover: drawTurnover(&random)
    case .mixed:
      if random.chance(700) { drawNetwork(&random) }
      if random.chance(700) { drawCrashes(&random) }
      if random.chance(400) { drawDisks(&random) }
      if random.chance(300) { drawElections(&random) }
      if random.chance(400) { drawMembership(&random) }
      if random.chance(400) { drawSnapshots(&random) }
    }
    faultInterval = random.instant(50_000, 500_000)
    // Elsewhere a log shows all that was written.
    if profile == .mixed || profile == .turnover { node.dropInterval = 1 }
    if profile == .turnover { faultInterval = Instant(raft.electionTicks) * tick * 2 }
  }

  private mutating func weigh(_ faults: [Fault], _ random: inout SplitMix64) {
    for fault in faults where random.chance(700) { weights[fault] = random.between(1, 5) }
  }

  private mutating func drawNetwork(_ random: inout SplitMix64) {
    lossRate = random.chance(600) ? random.between(0, 200) : 0
    duplicateRate = random.chance(600) ? random.between(0, 200) : 0
    stragglerRate = random.chance(600) ? random.between(0, 150) : 0
    delay = 200...Instant(random.between(1_000, 30_000))
    weigh([.partition, .isolate, .isolateLeader, .deafHandOver, .oneWay, .bridge], &random)
  }

  private mutating func drawCrashes(_ random: inout SplitMix64) {
    weigh([.crash, .crashLeader, .crashAll, .pause, .pauseLeader], &random)
    leaderJinx = random.chance(200) ? random.between(100, 500) : 0
    diskLatency = 100...Instant(random.between(500, 20_000))
  }

  private mutating func drawDisks(_ random: inout SplitMix64) {
    diskLatency = 100...Instant(random.between(1_000, 60_000))
    weigh([.slowDisk, .stuckDisk, .fullDisk, .failingDisk, .crash], &random)
  }

  private mutating func drawElections(_ random: inout SplitMix64) {
    raft.electionTicks = random.between(3, 6)
    raft.heartbeatTicks = 1
    drift = random.between(0, 300)
    isLockstep = random.chance(100)
    leaderJinx = random.chance(600) ? random.between(100, 700) : 0
    if random.chance(500) { stragglerRate = max(stragglerRate, random.between(20, 200)) }
    if random.chance(500) { duplicateRate = max(duplicateRate, random.between(100, 500)) }
    if isLockstep { drift = 0 }
    lossRate = max(lossRate, random.between(50, 300))
    weigh(
      [.transfer, .crash, .crashLeader, .isolateLeader, .deafHandOver, .pauseLeader, .resign],
      &random)
  }

  private mutating func drawReplay(_ random: inout SplitMix64) {
    if nodeCount < 5, random.chance(700) { nodeCount = 5 }
    raft.electionTicks = random.between(3, 6)
    raft.heartbeatTicks = 1
    duplicateRate = random.between(200, 800)
    replayDelay = Instant(raft.electionTicks * random.between(1, 10)) * tick
    delay = 200...Instant(random.between(1_000, 5_000))
    leaderJinx = random.between(100, 800)
    weigh([.crash, .crashLeader, .isolate, .isolateLeader, .pauseLeader, .resign], &random)
    if weights.isEmpty { weights[.crash] = 1 }
  }

  private mutating func drawMembership(_ random: inout SplitMix64) {
    weights[.addNode] = random.between(2, 6)
    weights[.removeNode] = random.between(2, 6)
    node.entriesKept = UInt64(random.between(0, 3))
    weigh([.crash, .crashLeader, .transfer, .partition, .isolateLeader], &random)
    operatorHaste = random.chance(500) ? random.between(0, 500) : 0
    node.snapshotInterval = UInt64(random.between(5, 60))
  }

  /// An even number of voters is the one that loses a vote from its majority with a voter.
  private mutating func drawTurnover(_ random: inout SplitMix64) {
    nodeCount = random.chance(700) ? 4 : random.between(3, 6)
    raft.electionTicks = random.between(3, 10)
    raft.heartbeatTicks = random.between(1, 3)
    clientCount = random.between(1, 2)
    thinking = Instant(random.between(10, 50)) * 1_000
    isLockstep = random.chance(600)
    jitter = Instant(random.between(100, 4_000))
    delay = 200...Instant(random.between(1_000, 20_000))
    lossRate = random.chance(300) ? random.between(0, 100) : 0
    duplicateRate = random.chance(300) ? random.between(0, 200) : 0
    weights[.slowLeader] = random.between(4, 8)
    weights[.addNode] = random.between(1, 3)
    weigh([.removeNode, .crash, .crashLeader, .isolateLeader, .partition, .transfer], &random)
    operatorHaste = random.chance(300) ? random.between(0, 500) : 0
    node.snapshotInterval = UInt64(random.between(5, 200))
  }

  private mutating func drawSnapshots(_ random: inout SplitMix64) {
    node.snapshotInterval = UInt64(random.between(2, 20))
    node.entriesKept = UInt64(random.between(0, 2))
    lossRate = max(lossRate, random.chance(500) ? random.between(0, 150) : 0)
    weigh([.crash, .isolate, .isolateLeader, .crashAll], &random)
  }
}

/// Something that goes wrong, or that an operator does.
enum Fault: Int, CaseIterable {
  /// Two halves that cannot hear each other.
  case partition
  /// One node hears no other, and no other hears it.
  case isolate
  case isolateLeader
  /// The leader hands over, and hears no more: it does not learn that it was replaced.
  case deafHandOver
  /// One node is not heard by another.
  case oneWay
  /// Two nodes cannot hear each other, all others can.
  case bridge
  case crash
  case crashLeader
  case crashAll
  case pause
  case pauseLeader
  case slowDisk
  case stuckDisk
  case fullDisk
  /// A write or a sync fails: the process stops at once.
  case failingDisk
  case transfer
  case resign
  case addNode
  case removeNode
  /// An operator asks for a change, and the leader hears the others late; rivals campaign
  /// meanwhile.
  case slowLeader
}
