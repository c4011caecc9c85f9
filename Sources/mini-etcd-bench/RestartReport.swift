/// How long a server takes until it answers again after it was killed.
struct RestartReport {
  private(set) var report = ResultTable(
    "restart",
    [
      .init(title: "load", member: "load"),
      .init(title: "keys", member: "keys"),
      .init(title: "target", member: "target"),
      .init(title: "ms", member: "milliseconds"),
      .init(title: "lowest", member: "lowestMilliseconds"),
      .init(title: "highest", member: "highestMilliseconds"),
      .init(title: "a/b", member: "ratio"),
      .init(title: "CPU ms", member: "processorMilliseconds"),
      .init(title: "RSS MB", member: "residentMegabytes"),
      .init(title: "wrong", member: "wrong"),
    ])

  /// Adds a row for each target.
  ///
  /// - Parameter rounds: for each target its outcomes, one a round.
  mutating func add(keys: Int, _ targets: [Target], rounds: [[RestartRound.Outcome]]) {
    let times = rounds.map { $0.compactMap(\.time).map { $0 / .milliseconds(1) } }
    for (index, target) in targets.enumerated() {
      let processor = rounds[index].compactMap(\.processorSeconds).map { $0 * 1000 }
      report.append([
        .text("restart"), .whole(keys), .text(target.name),
        .decimal(times[index].median, places: 0),
        .decimal(times[index].min() ?? 0, places: 0),
        .decimal(times[index].max() ?? 0, places: 0),
        index == 0 && times.count > 1 ? .ratio(times[0], to: times[1]) : .none,
        .known(processor.isEmpty ? nil : processor.median, places: 0),
        .residentMegabytes(rounds[index].last?.memory),
        .whole(rounds[index].reduce(0) { $0 + $1.failures.count }),
      ])
    }
  }
}
