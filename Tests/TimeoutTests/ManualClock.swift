import Store
import Synchronization

/// A clock that stands until a test moves it.
final class ManualClock: Clock {
  typealias Instant = ContinuousClock.Instant

  private struct Sleeper {
    let id: Int
    let deadline: Instant
    let continuation: UnsafeContinuation<Void, any Error>
  }
  private struct State {
    var now = ContinuousClock.now
    var sleepers: [Sleeper] = []
    var cancelled: Set<Int> = []
    var lastID = 0
  }
  private let state = Mutex(State())
  var minimumResolution: Duration { .nanoseconds(1) }
  var sleeperCount: Int { state.withLock { $0.sleepers.count } }

  var now: Instant { state.withLock { $0.now } }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        let (isOver, isCancelled) = state.withLock { state in
          if state.cancelled.contains(id) { return (false, true) }
          if state.now >= deadline { return (true, false) }
          state.sleepers.append(Sleeper(id: id, deadline: deadline, continuation: continuation))
          return (false, false)
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      let sleeper = state.withLock { state -> Sleeper? in
        state.cancelled.insert(id)
        guard let i = state.sleepers.firstIndex(where: { $0.id == id }) else { return nil }
        return state.sleepers.remove(at: i)
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Moves the time on, and wakes whoever is due.
  func advance(by duration: Duration) {
    let due = state.withLock { state in
      state.now += duration
      let now = state.now
      defer { state.sleepers.removeAll { $0.deadline <= now } }
      return state.sleepers.filter { $0.deadline <= now }
    }
    for sleeper in due { sleeper.continuation.resume() }
  }

  /// Waits until somebody sleeps.
  func sleeperComes() async {
    while sleeperCount == 0 { try? await Task.sleep(for: .milliseconds(1)) }
  }
}

/// The wall clock that goes with a manual clock.
struct ManualTime: TimeSource {
  let clock: ManualClock
  private let start: ContinuousClock.Instant

  init(_ clock: ManualClock) {
    self.clock = clock
    start = clock.now
  }

  var now: Timestamp {
    let (seconds, attoseconds) = (clock.now - start).components
    return Timestamp(microseconds: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
  }
}
