/// The rates and times of get, put and mixed.
struct LoadReport {
  private(set) var report = ResultTable(
    "load",
    [
      .init(title: "load", member: "load"),
      .init(title: "connections", member: "connections"),
      .init(title: "keys", member: "keys"),
      .init(title: "target", member: "target"),
      .init(title: "answers/s", member: "answersPerSecond"),
      .init(title: "lowest", member: "lowestAnswersPerSecond"),
      .init(title: "highest", member: "highestAnswersPerSecond"),
      .init(title: "a/b", member: "ratio"),
      .init(title: "p50 ms", member: "p50Milliseconds"),
      .init(title: "p90 ms", member: "p90Milliseconds"),
      .init(title: "p99 ms", member: "p99Milliseconds"),
      .init(title: "p99.9 ms", member: "p999Milliseconds"),
      .init(title: "max ms", member: "maxMilliseconds"),
      .init(title: "longest gap ms", member: "longestGapMilliseconds"),
      .init(title: "CPU µs each", member: "processorMicrosecondsEach"),
      .init(title: "RSS MB", member: "residentMegabytes"),
      .init(title: "wrong", member: "wrong"),
    ])

  /// The rates, for each load by connections and by keys, as far as those differ.
  private(set) var plots: [Plot] = []

  /// Adds a row for each target.
  ///
  /// - Parameter rounds: for each target its tallies, one a round.
  mutating func add(
    _ load: Load, connections: Int, keys: Int, _ targets: [Target], rounds: [[Tally]]
  ) {
    let rates = rounds.map { $0.map(\.answersPerSecond) }
    for (index, target) in targets.enumerated() {
      let total = rounds[index].reduce(into: Tally()) { $0.merge($1) }
      let gaps = rounds[index].map(\.longestGap)
      report.append([
        .text(load.rawValue), .whole(connections), .whole(keys), .text(target.name),
        .decimal(rates[index].median, places: 0),
        .decimal(rates[index].min() ?? 0, places: 0),
        .decimal(rates[index].max() ?? 0, places: 0),
        index == 0 && rates.count > 1 ? .ratio(rates[0], to: rates[1]) : .none,
        .milliseconds(total.times.quantile(permille: 500)),
        .milliseconds(total.times.quantile(permille: 900)),
        .milliseconds(total.times.quantile(permille: 990)),
        .milliseconds(total.times.quantile(permille: 999)),
        .milliseconds(total.times.longest),
        .wholeMilliseconds(gaps.max() ?? .zero),
        .known(total.processorMicrosecondsEach, places: 1),
        .residentMegabytes(target.memory),
        .whole(total.failures.count),
      ])
      let rate = rates[index].median
      plot("\(load) with \(keys) keys, answers/s by connections", targets) {
        $0.add(rate, of: index, at: connections)
      }
      let over = connections == 1 ? "1 connection" : "\(connections) connections"
      plot("\(load) over \(over), answers/s by keys", targets) {
        $0.add(rate, of: index, at: keys)
      }
    }
  }

  private mutating func plot(_ title: String, _ targets: [Target], _ add: (inout Plot) -> Void) {
    let place = plots.firstIndex { $0.title == title } ?? plots.endIndex
    if place == plots.endIndex {
      plots.append(Plot(title: title, targets: targets.map(\.name)))
    }
    add(&plots[place])
  }
}
