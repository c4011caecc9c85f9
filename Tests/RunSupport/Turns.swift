import Synchronization
public import Testing

extension Trait where Self == Turns {
  /// For every suite: as many tests run at a time as there are places.
  public static var inTurn: Self { Turns() }
}

/// Gives each running test one of a few places, and a thread with it.
///
/// Left alone, `swift test` begins all tests at once. Hundreds of servers in one process take more
/// descriptors than Foundation's `Process` can list (with more than 1,360 it reads beyond the end
/// of a buffer). And since Swift's pool has one thread for each core, two tests that compute for
/// ten seconds keep all the others waiting for that long, whose servers answer nothing meanwhile.
///
/// A test's time limit counts its wait too, so it must be longer than the whole run.
public struct Turns: TestTrait, SuiteTrait, TestScoping {
  private static let places = Places(16)
  /// Set while a test has a place: one that is marked itself, in a suite that is marked, has one
  /// only.
  @TaskLocal private static var hasPlace = false

  public var isRecursive: Bool { true }

  public func provideScope(
    for test: Test, testCase: Test.Case?,
    performing function: @Sendable @concurrent () async throws -> Void
  ) async throws {
    guard !Self.hasPlace else { return try await function() }
    let thread = await Self.places.take()
    defer { Self.places.giveBack(thread) }
    try await Self.$hasPlace.withValue(true) {
      try await withTaskExecutorPreference(thread) { try await function() }
    }
  }
}

/// The threads that no test has.
private final class Places: Sendable {
  private struct State {
    var free: [TestThread]
    /// The next to go on is the first.
    var waiting: [CheckedContinuation<TestThread, Never>] = []
  }
  private let state: Mutex<State>

  init(_ count: Int) { state = Mutex(State(free: (0..<count).map { _ in TestThread() })) }

  /// Returns as soon as there is a place.
  func take() async -> TestThread {
    await withCheckedContinuation { continuation in
      let thread = state.withLock { state in
        if state.free.isEmpty { state.waiting.append(continuation) }
        return state.free.popLast()
      }
      if let thread { continuation.resume(returning: thread) }
    }
  }

  func giveBack(_ thread: TestThread) {
    let next = state.withLock { state -> CheckedContinuation<TestThread, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.free.append(thread)
      return nil
    }
    next?.resume(returning: thread)
  }
}
