import HTTPAPI
import Raft
import RaftSimulation
import Store

/// The time by which all machines of a simulation live, and which none of them reads exactly.
final class VirtualTime: @unchecked Sendable {
  // Why `@unchecked Sendable` holds: a simulation runs on one thread.

  /// Microseconds since the simulation began.
  private(set) var microseconds: Int64 = 0

  func pass(milliseconds: Int64) { microseconds += milliseconds * 1_000 }
}

/// A machine's clocks: the steady one runs a little too fast or too slowly, the wall clock is off
/// by up to ``limit`` as well, and is set now and then.
final class MachineClock: @unchecked Sendable {
  /// How far a wall clock may be from the time, in microseconds.
  static let limit: Int64 = 1_500_000
  private static let start: Int64 = 1_767_225_600_000_000

  private let time: VirtualTime
  /// In millionths.
  private let drift: Int64
  private var offset: Int64

  init(_ time: VirtualTime, _ random: inout SplitMix64) {
    self.time = time
    drift = Int64(random.between(-300, 300))
    offset = Self.offset(&random)
  }

  /// The wall clock is set, to another wrong time.
  func set(_ random: inout SplitMix64) { offset = Self.offset(&random) }

  private static func offset(_ random: inout SplitMix64) -> Int64 {
    Int64(random.between(Int(-limit), Int(limit)))
  }

  /// What a process has that starts now.
  var source: SteadyTime {
    SteadyTime(
      log: { _ in },
      readings: { [self] in
        let passed = time.microseconds
        return (passed + passed / 1_000_000 * drift, Self.start + passed + offset)
      })
  }
}
