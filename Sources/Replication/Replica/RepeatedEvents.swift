import Bytes

/// Keeps what comes and goes from filling the log: an election that follows another, a disk whose
/// last bytes are taken and given back.
///
/// Of events of one kind, the first ``most`` within a minute are told as they come. After that only
/// the latest is told, once the minute is over, with the number of those left out: so the last line
/// is the present state, at most a minute late. What begins and what ends are of one kind. Pure:
/// times come from the caller.
struct RepeatedEvents {
  static let most = 10

  /// Events that are of the kind of another.
  private static let kinds = ["disk_has_space": "disk_full", "leader": "no_leader"]

  private struct Kind {
    let name: String
    var end: ContinuousClock.Instant
    var told = 0
    var left = 0
    var latest: LogLine?

    /// Begins another minute.
    /// - Returns: the line, with the number of those that were left out.
    mutating func restart(with line: LogLine, at now: ContinuousClock.Instant) -> LogLine {
      defer { (end, told, left, latest) = (now + LogLimit.interval, 1, 0, nil) }
      return left > 0 ? line.with("skipped", left) : line
    }
  }

  private var kinds: [Kind] = []

  /// Takes a line, and returns the one to write, if any.
  mutating func admit(_ line: LogLine, at now: ContinuousClock.Instant) -> LogLine? {
    if line.level == .debug { return line }
    let name = Self.kinds[line.event] ?? line.event
    guard let place = kinds.firstIndex(where: { $0.name == name }) else {
      kinds.append(Kind(name: name, end: now + LogLimit.interval, told: 1))
      return line
    }
    if now >= kinds[place].end {
      if kinds[place].latest != nil { kinds[place].left += 1 }
      return kinds[place].restart(with: line, at: now)
    }
    if kinds[place].told < Self.most {
      kinds[place].told += 1
      return line
    }
    if kinds[place].latest != nil { kinds[place].left += 1 }
    kinds[place].latest = line
    return nil
  }

  /// The lines whose minute is over.
  mutating func due(at now: ContinuousClock.Instant) -> [LogLine] {
    var lines: [LogLine] = []
    for place in kinds.indices {
      guard let latest = kinds[place].latest, now >= kinds[place].end else { continue }
      lines.append(kinds[place].restart(with: latest, at: now))
    }
    return lines
  }
}
