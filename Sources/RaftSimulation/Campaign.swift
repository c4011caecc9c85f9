/// What became of one schedule.
public struct ScheduleResult: Sendable {
  public let seed: UInt64
  public let failure: Failure?
  /// Equal runs have equal digests.
  public let digest: UInt64
  public let events: Int
  public let operations: Int
  public let elections: Int
  /// Virtual microseconds.
  public let duration: Int64
}

/// Runs one schedule.
public func runSchedule(
  seed: UInt64, profile: Profile? = nil, nodeCount: Int? = nil, events: Int = 1000,
  story: Story? = nil
) -> ScheduleResult {
  let chosen = profile ?? Profile.allCases[Int(seed % UInt64(Profile.allCases.count))]
  let schedule = Schedule(
    seed: seed, profile: chosen, nodeCount: nodeCount, chaosEvents: events, story: story)
  let failure = schedule.run()
  return ScheduleResult(
    seed: seed, failure: failure, digest: schedule.digest.value, events: schedule.eventCount,
    operations: schedule.operations.count, elections: schedule.referee.electionCount,
    duration: schedule.now)
}
