/// How soon watchers are told, and the writer is answered that they are told of.
struct WatchReport {
  private(set) var report = ResultTable(
    "watch",
    [
      .init(title: "load", member: "load"),
      .init(title: "watchers", member: "watchers"),
      .init(title: "keys", member: "keys"),
      .init(title: "target", member: "target"),
      .init(title: "writes", member: "writes"),
      .init(title: "all told ms", member: "allToldMilliseconds"),
      .init(title: "slowest ms", member: "slowestMilliseconds"),
      .init(title: "b/a", member: "ratio"),
      .init(title: "p50 ms", member: "p50Milliseconds"),
      .init(title: "p99 ms", member: "p99Milliseconds"),
      .init(title: "writer ms", member: "writerMilliseconds"),
      .init(title: "slowest writer ms", member: "slowestWriterMilliseconds"),
      .init(title: "CPU µs each", member: "processorMicrosecondsEach"),
      .init(title: "wrong", member: "wrong"),
    ])

  /// Adds a row for each target.
  ///
  /// - Parameter rounds: for each target its outcomes, one a round.
  mutating func add(
    watchers: Int, keys: Int, _ targets: [Target], rounds: [[WatchRound.Outcome]]
  ) {
    let times = rounds.map { $0.flatMap { $0.allTold.map { $0 / .milliseconds(1) } } }
    for (index, target) in targets.enumerated() {
      var told = LatencyHistogram()
      var failures = Failures()
      for outcome in rounds[index] {
        told.merge(outcome.told)
        failures.merge(outcome.failures)
      }
      let written = rounds[index].flatMap { $0.written.map { $0 / .milliseconds(1) } }
      let processor = rounds[index].compactMap(\.processorSeconds)
      report.append([
        .text("watch"), .whole(watchers), .whole(keys), .text(target.name),
        .whole(times[index].count),
        .decimal(times[index].median, places: 3),
        .decimal(times[index].max() ?? 0, places: 3),
        index == 0 && times.count > 1 ? .ratio(times[1], to: times[0]) : .none,
        .milliseconds(told.quantile(permille: 500)), .milliseconds(told.quantile(permille: 990)),
        .decimal(written.median, places: 3), .decimal(written.max() ?? 0, places: 3),
        processor.isEmpty
          ? .none : .decimal(processor.reduce(0, +) * 1e6 / Double(told.count), places: 1),
        .whole(failures.count),
      ])
    }
  }
}
