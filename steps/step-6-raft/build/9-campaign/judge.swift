import RaftSimulation

/// Plays weeks of faults against the core, and tells how many of the mixes of faults it survives.
func judge() async throws {
  let seeds: ClosedRange<UInt64> = 1...20
  var failures: [ScheduleResult] = []
  say("profile     schedules that were played, of \(seeds.count)")
  for profile in Profile.allCases {
    var settings = ScheduleSettings()
    settings.profile = profile
    var survived = 0
    var failure: ScheduleResult?
    for seed in seeds where failure == nil {
      Trial.begin("the campaign")
      Trial.begin(with: "profile \(profile), seed \(seed)")
      let result = settings.run(seed: seed)
      if result.failure == nil { survived += 1 } else { failure = result }
    }
    let what = failure.map { "fails with seed \($0.seed): \(words($0))" } ?? "survived"
    say(padded("\(profile)", 12) + padded("\(survived)", 4) + what)
    failure.map { failures.append($0) }
  }
  let count = Profile.allCases.count
  say("The core survives \(count - failures.count) of \(count) profiles.")
  if let first = failures.first { tell(first) }
}

private func words(_ result: ScheduleResult) -> String {
  guard let failure = result.failure else { return "" }
  return "\(failure.invariant.rawValue), \(failure.invariant.meaning)"
}

private func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(1, width - text.count))
}

/// Plays the first failure again, and ends with the last lines of its story.
private func tell(_ result: ScheduleResult) -> Never {
  var settings = ScheduleSettings()
  settings.profile = result.profile
  var lines: [String] = []
  _ = settings.run(seed: result.seed, story: Story { lines.append($0) })
  say("\nHow the first failure came about (its last 30 lines of \(lines.count)):\n")
  if let head = lines.first { say(head) }
  for line in lines.dropFirst().suffix(30) { say(line) }
  say(
    "\nAll of it: (cd my-work && swift run raft-sim -seed \(result.seed) -profile \(result.profile))\n"
  )
  Trial.begin(with: "profile \(result.profile), seed \(result.seed)")
  let meaning = result.failure?.invariant.meaning ?? ""
  broken(
    "\(meaning) (\(result.failure?.invariant.rawValue ?? ""))", result.failure?.description ?? "")
}
