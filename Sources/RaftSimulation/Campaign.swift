import Synchronization

/// What became of one schedule.
public struct ScheduleResult: Sendable {
  public let seed: UInt64
  public let profile: Profile
  public let failure: Failure?
  /// Equal runs have equal digests.
  public let digest: UInt64
  public let counts: Counts
}

/// How much was simulated.
public struct Counts: Sendable, Equatable {
  public var schedules = 0
  public var events = 0
  public var operations = 0
  public var elections = 0
  public var crashes = 0
  public var snapshotsInstalled = 0
  public var membershipChanges = 0
  /// Virtual microseconds.
  public var duration: Int64 = 0

  static func += (a: inout Counts, b: Counts) {
    a.schedules += b.schedules
    a.events += b.events
    a.operations += b.operations
    a.elections += b.elections
    a.crashes += b.crashes
    a.snapshotsInstalled += b.snapshotsInstalled
    a.membershipChanges += b.membershipChanges
    a.duration += b.duration
  }
}

/// Which schedule a seed stands for.
public struct ScheduleSettings: Hashable, Sendable {
  /// Without one, the seed chooses.
  public var profile: Profile?
  /// Without a number, the seed chooses among 1 to 7.
  public var nodeCount: Int?
  /// How long the chaos lasts.
  public var events = 1000

  public init() {}

  /// The mix of faults of a seed's schedule.
  func profile(of seed: UInt64) -> Profile {
    profile ?? Profile.allCases[Int(seed % UInt64(Profile.allCases.count))]
  }

  /// A seed's schedule, not begun.
  func schedule(seed: UInt64, story: Story? = nil) -> Schedule {
    Schedule(
      seed: seed, profile: profile(of: seed), nodeCount: nodeCount, chaosEvents: events,
      story: story)
  }

  /// Runs one schedule to its end.
  public func run(seed: UInt64, story: Story? = nil) -> ScheduleResult {
    result(of: schedule(seed: seed, story: story))
  }

  /// Runs a schedule to its end.
  func result(of schedule: Schedule) -> ScheduleResult {
    let failure = schedule.run()
    var counts = schedule.counts
    counts.schedules = 1
    counts.events = schedule.eventCount
    counts.operations = schedule.operations.count
    counts.elections = schedule.referee.electionCount
    counts.duration = schedule.now
    return ScheduleResult(
      seed: schedule.seed, profile: schedule.options.profile, failure: failure,
      digest: schedule.digest.value, counts: counts)
  }
}

/// Many schedules on all cores.
public struct Campaign: Sendable {
  public var settings: ScheduleSettings
  /// Each is run once.
  public var seeds: ClosedRange<UInt64>
  /// How many schedules run at a time.
  public var workers: Int
  /// Begin no more schedules once so many have failed.
  public var failureLimit = 10

  public init(_ settings: ScheduleSettings, seeds: ClosedRange<UInt64>, workers: Int) {
    self.settings = settings
    self.seeds = seeds
    self.workers = workers
  }

  /// What came of all of it.
  public struct Outcome: Sendable {
    public fileprivate(set) var counts = Counts()
    /// In the order of their seeds.
    public fileprivate(set) var failures: [ScheduleResult] = []
    /// Over all schedules' digests; the order in which they ran makes no difference.
    public fileprivate(set) var digest: UInt64 = 0

    fileprivate mutating func add(_ result: ScheduleResult) {
      counts += result.counts
      if result.failure != nil { failures.append(result) }
      var one = Digest()
      one.add(result.seed)
      one.add(result.digest)
      digest &+= one.value
    }

    fileprivate mutating func add(_ other: Outcome) {
      counts += other.counts
      failures = (failures + other.failures).sorted { $0.seed < $1.seed }
      digest &+= other.digest
    }
  }

  /// Runs every seed once, or fewer if ``failureLimit`` is reached.
  public func run() async -> Outcome {
    let shared = SharedProgress(first: seeds.lowerBound)
    return await withTaskGroup(of: Outcome.self) { group in
      for _ in 0..<workers {
        group.addTask { @concurrent in work(shared) }
      }
      var total = Outcome()
      for await outcome in group { total.add(outcome) }
      return total
    }
  }

  private func work(_ shared: SharedProgress) -> Outcome {
    var outcome = Outcome()
    while shared.failures.load(ordering: .relaxed) < failureLimit {
      let seed = shared.nextSeed.add(1, ordering: .relaxed).oldValue
      guard seeds.contains(seed) else { break }
      let result = settings.run(seed: seed)
      if result.failure != nil { shared.failures.add(1, ordering: .relaxed) }
      outcome.add(result)
    }
    return outcome
  }
}

/// What the workers of a campaign have in common.
private final class SharedProgress: Sendable {
  let nextSeed: Atomic<UInt64>
  let failures = Atomic<Int>(0)

  init(first: UInt64) { nextSeed = Atomic(first) }
}
