public import Bytes
internal import Platform
public import Store
internal import Synchronization
internal import Time

/// Wall-clock time that does not jump: it starts at the system's clock, and adds the time that has
/// passed on a clock that cannot be set.
///
/// An operator or NTP may set the wall clock back or forward while the server runs. Keys with a
/// time to live must not expire at once because of that, nor live for ever. But the time follows a
/// corrected clock, by a hundredth of the time that passes: see ``SlewedTime``. The continuous
/// clock goes on while the machine sleeps.
public final class SteadyTime: TimeSource {
  /// The readings of both clocks at one moment, in microseconds.
  package typealias Readings = @Sendable () -> (steady: Int64, wall: Int64)

  private struct State {
    var time: SlewedTime
    var difference = ClockDifference()
  }

  private let readings: Readings
  private let state: Mutex<State>
  private let log: @Sendable (LogLine) -> Void

  /// Reads the system's clock.
  /// - Parameter log: gets a line when the wall clock differs from the time by more than a second,
  ///   and when it no longer does.
  public convenience init(log: @escaping @Sendable (LogLine) -> Void = { _ in }) {
    let start = ContinuousClock.now
    self.init(log: log) {
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      let steady = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
      return (steady, Platform.wallClockMicroseconds())
    }
  }

  /// Reads other clocks.
  /// - Parameters:
  ///   - log: see ``init(log:)``.
  ///   - readings: of both clocks at one moment.
  package init(log: @escaping @Sendable (LogLine) -> Void, readings: @escaping Readings) {
    let (steady, wall) = readings()
    state = Mutex(State(time: SlewedTime(at: steady, is: wall)))
    self.log = log
    self.readings = readings
  }

  public var now: Timestamp {
    let (now, difference, report) = state.withLock { state in
      // Under the lock, so that readings come in order.
      let (steady, wall) = readings()
      let now = state.time.read(steady, toward: wall)
      return (now, wall - now, state.difference.note(wall - now))
    }
    if let report {
      let milliseconds = difference / 1_000
      switch report {
      case .differ: log(.warn("wall_clock_differs", ["milliseconds": milliseconds]))
      case .agree: log(.info("wall_clock_agrees", ["milliseconds": milliseconds]))
      }
    }
    return Timestamp(microseconds: now)
  }

  public func goOn(from time: Timestamp) {
    state.withLock { $0.time.goOn(from: time.microseconds, at: readings().steady) }
  }
}
