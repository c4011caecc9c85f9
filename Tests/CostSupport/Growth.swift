import Foundation

/// Which processor time is measured. Neither counts time in which others had the processor, so a
/// busy machine changes little.
public enum ProcessorTime {
  /// That of the calling thread, for work that is done where it is asked for.
  case thread
  /// That of all threads together. Other tests run in the same process, so it belongs in an exit
  /// test, which has a process of its own.
  case process

  /// How much there has been.
  public var now: Duration {
    var time = timespec()
    // It cannot fail: the clock is always there and the address is good.
    clock_gettime(self == .thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
  }
}

/// How much more a larger input costs than a smaller one.
///
/// No test asserts how long something takes, which says more about the machine than about the code.
/// What follows from the code is how the cost grows: four times the input should cost four times
/// as much, and costs sixteen times as much where the work is quadratic. ``limit`` is between the
/// two, on a scale of factors in the middle, so that neither noise nor a logarithm reaches it.
public enum Growth {
  /// How much larger the larger input is.
  public static let factor = 4
  /// What the growth of a cost must stay below.
  public static let limit = 8.0

  /// The growth of the processor time that `work` takes, from input size `size` to `size` times
  /// ``factor``.
  ///
  /// `prepare` makes an input of a size, and is not measured. Each size has several rounds, in
  /// turn; the least of each counts, since noise only adds. While that is too much there are more
  /// rounds, up to ten times as many: other tests that use the same caches cannot spoil all of
  /// them, and quadratic work stays quadratic.
  ///
  ///     let growth = try Growth.ofTime(from: 1_000, prepare: makeStore) { try list($0) }
  ///     #expect(growth < Growth.limit)
  ///
  /// Choose `size` so that its work takes about a millisecond or more; what a call costs whatever
  /// its input would hide the growth of less.
  public static func ofTime<Input>(
    from size: Int, rounds: Int = 5, by clock: ProcessorTime = .thread,
    prepare: (Int) throws -> Input, _ work: (Input) throws -> Void
  ) rethrows -> Double {
    var least = Least()
    for round in 0..<10 * rounds where round < rounds || least.growth >= limit {
      least.note(
        small: try time(by: clock, prepare(size), work),
        large: try time(by: clock, prepare(size * factor), work))
    }
    return least.growth
  }

  /// The least times of several rounds.
  private struct Least {
    private var small = Duration.seconds(1_000_000)
    private var large = Duration.seconds(1_000_000)

    mutating func note(small: Duration, large: Duration) {
      self.small = min(self.small, small)
      self.large = min(self.large, large)
    }

    var growth: Double { large / max(small, .nanoseconds(1)) }
  }

  private static func time<Input>(
    by clock: ProcessorTime, _ input: Input, _ work: (Input) throws -> Void
  ) rethrows -> Duration {
    let start = clock.now
    try work(input)
    return clock.now - start
  }

  /// As above, for work that suspends; it may go on on any thread, so that the whole process's time
  /// is measured.
  public static func ofProcessTime<Input>(
    from size: Int, rounds: Int = 5,
    prepare: (Int) async throws -> Input, _ work: (Input) async throws -> Void
  ) async rethrows -> Double {
    var least = Least()
    for round in 0..<10 * rounds where round < rounds || least.growth >= limit {
      least.note(
        small: try await time(prepare(size), work),
        large: try await time(prepare(size * factor), work))
    }
    return least.growth
  }

  private static func time<Input>(
    _ input: Input, _ work: (Input) async throws -> Void
  ) async rethrows -> Duration {
    let start = ProcessorTime.process.now
    try await work(input)
    return ProcessorTime.process.now - start
  }

  /// The growth of a count, for work whose cost can be counted: bytes written, steps, copies.
  public static func ofCount(from size: Int, _ count: (Int) throws -> Int) rethrows -> Double {
    let small = try count(size)
    return Double(try count(size * factor)) / Double(max(small, 1))
  }
}
