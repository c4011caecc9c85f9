import ReplicaSimulation
import RunSupport
import Testing

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct ReplicaScheduleTests {
  /// `raft-sim -whole -seeds` runs as many as one likes.
  @Test func `whole nodes keep their promises, whatever happens to them`() async {
    let outcome = await ReplicaCampaign(seeds: 1...40, workers: 1).run()
    for failure in outcome.failures { Issue.record("\(failure)") }
    for what in [
      "answers", "crashes", "disk errors", "stops", "snapshots received", "joins",
      "lost directories", "lost majorities", "moves", "events compared",
    ] {
      #expect(outcome.counts[what, default: 0] > 0, "no \(what)")
    }
  }

  @Test func `a seed is a run that can be repeated`() throws {
    let (first, second) = (ReplicaSchedule(seed: 7), ReplicaSchedule(seed: 7))
    try first.run()
    try second.run()
    #expect(first.digest == second.digest)
    #expect(first.digest != ReplicaSchedule(seed: 8).digest)
  }
}
