import Bytes
import Options
import Platform
import RaftSimulation

/// Shortens the schedule of a seed that fails and prints the script of what is left; ends the
/// program with 2 if the seed does not fail.
func shrink(seed: UInt64, _ settings: ScheduleSettings) {
  var shrinker = Shrinker(seed: seed, settings)
  guard let original = shrinker.original, let shortest = shrinker.run() else {
    fail("seed \(seed) does not fail: there is nothing to shrink")
  }
  let failure = shortest.failure
  StandardOutput.print(
    """
    # \(failure.invariant.rawValue) (\(failure.invariant.meaning)): \(failure.description)
    # \(shortest.faults.count) of \(original.faults.count) faults, \(shortest.eventCount) of \
    \(original.eventCount) events, after \(shortest.attempts) attempts
    """)
  if !shortest.faults.isEmpty {
    StandardOutput.print("# faults: \(shortest.faults.joined(separator: ", "))")
  }
  StandardOutput.print(shortest.script.text)
}

/// Tells a script again, of either kind, and judges it; ends the program with 1 if an invariant
/// breaks.
func replay(_ path: String) {
  let text: String
  do throws(SystemError) {
    text = String(decoding: try Platform.contents(of: path, atMost: 1 << 20), as: UTF8.self)
  } catch {
    fail("cannot read \(path): \(error.reason)")
  }
  // A run begins with its seed, a path of the search with its cluster.
  let isRun = text.split(separator: "\n").contains { $0.hasPrefix("seed ") }
  if isRun { replayRun(text) } else { replaySteps(text) }
}

private func replayRun(_ text: String) {
  do throws(RunScript.Mistake) {
    let script = try RunScript(text)
    end(script.run(story: Story { StandardOutput.print($0) }))
  } catch {
    fail(error.description)
  }
}

private func replaySteps(_ text: String) {
  do throws(StepScript.Mistake) {
    var script = StepScript(text)
    let broken = try script.run { StandardOutput.print($0) }
    if let broken {
      StandardOutput.print("\nFAILED \(broken)")
      exit(1)
    }
    StandardOutput.print("\nAll invariants hold.")
  } catch {
    fail(error.description)
  }
}

private func fail(_ reason: String) -> Never {
  var standardError = StandardError()
  standardError.write("raft-sim: \(reason)\n")
  exit(2)
}
