import Bytes
import Options
import Platform
import ReplicaSimulation

/// One schedule of whole nodes, line by line; ends the program with 1 if it failed.
func tellWholeNodes(seed: UInt64) {
  let schedule = ReplicaSchedule(seed: seed) { StandardOutput.print($0) }
  do { try schedule.run() } catch {
    StandardOutput.print()
    StandardOutput.print("FAILED \(error)")
    exit(1)
  }
  StandardOutput.print()
  StandardOutput.print("All went well: every request was answered, and all members agree.")
}

/// A campaign of whole nodes: counts, and each failure with the command that repeats it; ends the
/// program with 1 if there was one.
func judgeWholeNodes(_ seeds: ClosedRange<UInt64>, workers: Int, failureLimit: Int) async {
  let clock = ContinuousClock()
  let start = clock.now
  let outcome = await ReplicaCampaign(seeds: seeds, workers: workers, failureLimit: failureLimit)
    .run()
  let seconds = seconds(clock.now - start)
  for failure in outcome.failures {
    StandardOutput.print("\(failure)")
    StandardOutput.print("  raft-sim -whole -seed \(failure.seed)")
  }
  StandardOutput.print(row("schedules", "\(outcome.schedules)"))
  StandardOutput.print(row("failed", "\(outcome.failures.count)"))
  for (what, count) in outcome.counts.sorted(by: { $0.key < $1.key }) {
    StandardOutput.print(row(what, "\(count)"))
  }
  StandardOutput.print(row("wall time", "\(rounded(seconds, 100)) s with \(workers) workers"))
  StandardOutput.print(
    row("a minute", "\(Int(Double(outcome.schedules) * 60 / seconds)) schedules"))
  StandardOutput.print(row("digest", String(hex: outcome.digest)))
  if !outcome.failures.isEmpty { exit(1) }
}

private func row(_ name: String, _ value: String) -> String {
  name + String(repeating: " ", count: max(1, 20 - name.utf8.count)) + value
}
