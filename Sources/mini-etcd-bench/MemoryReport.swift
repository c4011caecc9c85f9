/// What a key, a connection and a watcher cost a server.
struct MemoryReport {
  private(set) var report = ResultTable(
    "memory",
    [
      .init(title: "memory of a", member: "of"),
      .init(title: "count", member: "count"),
      .init(title: "target", member: "target"),
      .init(title: "bytes each", member: "bytesEach"),
      .init(title: "b/a", member: "ratio"),
      .init(title: "wrong", member: "wrong"),
    ])

  mutating func add(
    keys: Int, connections: Int, watchers: Int, _ targets: [Target], _ outcomes: [Footprint.Outcome]
  ) {
    let kinds: [(String, Int, (Footprint.Outcome) -> Double?)] = [
      ("key", keys, \.bytesPerKey),
      ("connection", connections, \.bytesPerConnection),
      ("watcher", watchers, \.bytesPerWatcher),
    ]
    for (name, count, bytes) in kinds {
      for (index, target) in targets.enumerated() {
        report.append([
          .text(name), .whole(count), .text(target.name),
          .known(bytes(outcomes[index]), places: 0),
          index == 0 && outcomes.count > 1
            ? .ratio([bytes(outcomes[1]) ?? 0], to: [bytes(outcomes[0]) ?? 0]) : .none,
          .whole(outcomes[index].failures.count),
        ])
      }
    }
  }
}
