import Bytes

/// Decides what a node warns of because the system's resources run out.
///
/// | event | what was seen |
/// | --- | --- |
/// | `descriptors_low` | four fifths of the descriptors this process may have are open, as etcd has it |
/// | `memory_low` | this process takes four fifths of what it may have, or the machine has less than a twentieth left |
///
/// Each is let through once per minute. It is pure.
struct ResourceWarnings {
  private var (descriptors, memory) = (LogLimit(), LogLimit())

  mutating func check(
    _ figures: ProcessFigures, _ memory: MemoryFigures, at now: ContinuousClock.Instant
  ) -> [LogLine] {
    [checkDescriptors(figures, at: now), checkMemory(figures, memory, at: now)].compactMap(\.self)
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
