import RaftSimulation

/// What all clients together asked, and were told.
struct History {
  var operations: [ClientOperation] = []

  private var succeeded: [ClientOperation] { operations.filter { $0.outcome == .written(true) } }
  private var unknown: Int { operations.count { $0.outcome == .unknown } }

  /// The longest time during which no write was answered, in microseconds.
  private var longestGap: Int64 {
    var last: Int64 = 0
    var gap: Int64 = 0
    for end in succeeded.map(\.end).sorted() {
      gap = max(gap, end - last)
      last = end
    }
    return gap
  }

  var summary: String {
    let reads = operations.count {
      if case .read = $0.outcome { true } else { false }
    }
    return "\(succeeded.count) writes and \(reads) reads are linearizable; of \(unknown) nobody "
      + "knows; no write for at most \(longestGap / 1000) ms"
  }

  /// What is wrong with it, in a line; nil for nothing.
  func complaint(_ settings: Settings) -> String? {
    for (key, history) in Dictionary(grouping: operations, by: \.key) {
      let alone = history.map { operation in
        var operation = operation
        operation.key = 0
        return operation
      }
      if LinearizabilityChecker.violation(in: alone, keyCount: 1) != nil {
        return "the history of key fault/\(key) is not linearizable"
      }
    }
    if succeeded.isEmpty { return "no write succeeded" }
    if Duration.microseconds(longestGap) > settings.longestGap {
      return "no write succeeded for \(longestGap / 1000) ms"
    }
    return nil
  }
}
