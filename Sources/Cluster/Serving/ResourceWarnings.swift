import Bytes

/// Decides what a node warns of because the system's resources run out.
///
/// | event | what was seen |
/// | --- | --- |
/// | `descriptors_low` | four fifths of the descriptors this process may have are open, as etcd has it |
/// | `memory_low` | this process takes four fifths of what it may have, or the machine has less than a twentieth left |
/// | `disk_low` | the disk has less space than ``neededBytes(lastSnapshot:interval:)`` |
/// | `disk_ample` | it has twice as much again |
///
/// The first two are let through once per minute, the others when it comes to that. It is pure.
struct ResourceWarnings {
  private var (descriptors, memory) = (LogLimit(), LogLimit())
  private var isDiskLow = false

  /// What the disk must have room for: the log until the next snapshot, and that snapshot.
  ///
  /// A snapshot is due when the entries since the last one take as much as that one, and `interval`
  /// at the least. In the log they take up to twice that, with what frames them, and the next
  /// snapshot is about as long as the last one. What a snapshot stands for goes after that, so that
  /// a node's own coming and going stays within this much.
  static func neededBytes(lastSnapshot: UInt64, interval: Int) -> UInt64 {
    3 * max(lastSnapshot, UInt64(interval))
  }

  mutating func check(
    _ figures: ProcessFigures, _ memory: MemoryFigures, neededBytes: UInt64,
    at now: ContinuousClock.Instant
  ) -> [LogLine] {
    [
      checkDescriptors(figures, at: now), checkMemory(figures, memory, at: now),
      checkDisk(figures, needed: neededBytes),
    ].compactMap(\.self)
  }

  private mutating func checkDisk(_ figures: ProcessFigures, needed: UInt64) -> LogLine? {
    guard let available = figures.availableBytes else { return nil }
    let fields: LogLine.Fields = ["available": available, "needed": needed]
    if !isDiskLow, available < needed {
      isDiskLow = true
      return .warn("disk_low", fields)
    }
    if isDiskLow, available >= 2 * needed {
      isDiskLow = false
      return .info("disk_ample", fields)
    }
    return nil
  }

  private mutating func checkDescriptors(
    _ figures: ProcessFigures, at now: ContinuousClock.Instant
  ) -> LogLine? {
    guard let open = figures.openDescriptors, open >= figures.mostDescriptors / 5 * 4,
      let skipped = descriptors.admit(at: now)
    else { return nil }
    return .warn(
      "descriptors_low",
      ["open": open, "limit": figures.mostDescriptors, "skipped": skipped])
  }

  private mutating func checkMemory(
    _ figures: ProcessFigures, _ all: MemoryFigures, at now: ContinuousClock.Instant
  ) -> LogLine? {
    guard let resident = figures.residentBytes, let limit = all.limit,
      let available = all.available, let total = all.total,
      resident >= limit / 5 * 4 || available < total / 20, let skipped = memory.admit(at: now)
    else { return nil }
    return .warn(
      "memory_low",
      ["resident": resident, "limit": limit, "available": available, "skipped": skipped])
  }
}
