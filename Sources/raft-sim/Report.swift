import Bytes
import Options
import Platform
import RaftSimulation

/// The command that repeats a schedule and tells it.
private func command(_ result: ScheduleResult, _ settings: ScheduleSettings) -> String {
  Run(settings: settings, seed: result.seed, deeds: "", isQuiet: false).command
}

/// One schedule, line by line, and what came of it; ends the program with 1 if it failed.
func tellStory(_ run: Run, _ deeds: Deeds, certificates: Bool) {
  let story = Story { StandardOutput.print($0) }
  story.showsCertificates = certificates
  end(run.settings.run(seed: run.seed, doing: deeds, isQuiet: run.isQuiet, story: story))
}

/// What came of a schedule; ends the program with 1 if it failed.
func end(_ result: ScheduleResult) {
  StandardOutput.print()
  if let failure = result.failure {
    StandardOutput.print(
      "FAILED \(failure.invariant.rawValue) (\(failure.invariant.meaning)): \(failure.description)")
    exit(1)
  }
  StandardOutput.print("All went well: profile \(result.profile), \(result.counts.events) events,")
  StandardOutput.print(
    "\(result.counts.elections) elections won, \(result.counts.operations) operations, all judged.")
}

/// All schedules of a campaign: counts, and each failure with the command that repeats it; ends the
/// program with 1 if there was one.
func judge(_ campaign: Campaign) async {
  let clock = ContinuousClock()
  let start = clock.now
  let outcome = await campaign.run()
  let seconds = seconds(clock.now - start)
  let counts = outcome.counts
  for result in outcome.failures {
    guard let failure = result.failure else { continue }
    StandardOutput.print(
      "seed \(result.seed), profile \(result.profile): \(failure.invariant.rawValue), "
        + failure.invariant.meaning)
    StandardOutput.print("  \(failure.description)")
    StandardOutput.print("  \(command(result, campaign.settings))")
  }
  StandardOutput.print(
    """
    schedules     \(counts.schedules)
    failed        \(outcome.failures.count)
    events        \(counts.events)
    operations    \(counts.operations)
    elections     \(counts.elections)
    crashes       \(counts.crashes)
    snapshots     \(counts.snapshotsInstalled) installed
    memberships   \(counts.membershipChanges) changes
    virtual time  \(counts.duration / 1_000_000) s
    wall time     \(rounded(seconds, 100)) s with \(campaign.workers) workers
    a minute      \(Int(Double(counts.schedules) * 60 / seconds)) schedules, \
    \(Int(Double(counts.events) * 60 / seconds)) events
    digest        \(String(hex: outcome.digest))
    """)
  if !outcome.failures.isEmpty { exit(1) }
}

func seconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

func rounded(_ value: Double, _ parts: Double) -> Double {
  (value * parts).rounded() / parts
}
