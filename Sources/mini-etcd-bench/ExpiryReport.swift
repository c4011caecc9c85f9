/// What a burst of expiring keys does to the writing of others.
struct ExpiryReport {
  private(set) var report = ResultTable(
    "expire",
    [
      .init(title: "load", member: "load"),
      .init(title: "expiring", member: "expiring"),
      .init(title: "connections", member: "connections"),
      .init(title: "keys", member: "keys"),
      .init(title: "target", member: "target"),
      .init(title: "writes/s before", member: "writesPerSecondBefore"),
      .init(title: "during", member: "writesPerSecondDuring"),
      .init(title: "during/before", member: "ratio"),
      .init(title: "longest gap ms before", member: "longestGapBeforeMilliseconds"),
      .init(title: "longest gap ms", member: "longestGapMilliseconds"),
      .init(title: "burst ms", member: "burstMilliseconds"),
      .init(title: "last one late ms", member: "lateMilliseconds"),
      .init(title: "wrong", member: "wrong"),
    ])

  /// Adds a row for each target: medians, of gaps the longest.
  ///
  /// - Parameter rounds: for each target its outcomes, one a round.
  mutating func add(
    expiring: Int, connections: Int, keys: Int, _ targets: [Target],
    rounds: [[ExpiryRound.Outcome]]
  ) {
    for (target, outcomes) in zip(targets, rounds) {
      let (before, during) = (outcomes.map(\.rateBefore), outcomes.map(\.rateDuring))
      let failures = outcomes.reduce(0) { $0 + $1.failures.count }
      report.append([
        .text("expire"), .whole(expiring), .whole(connections), .whole(keys), .text(target.name),
        .decimal(before.median, places: 0), .decimal(during.median, places: 0),
        .ratio(during, to: before),
        .wholeMilliseconds(outcomes.map(\.gapBefore).max() ?? .zero),
        .wholeMilliseconds(outcomes.map(\.gapDuring).max() ?? .zero),
        .decimal(outcomes.map { $0.burst / .milliseconds(1) }.median, places: 0),
        .decimal(outcomes.map { $0.late / .milliseconds(1) }.median, places: 0),
        .whole(failures),
      ])
    }
  }
}
