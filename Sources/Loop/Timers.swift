/// The sleepers of an event loop, the earliest deadline first.
///
/// A binary heap whose elements know their places, so that a cancelled one is removed at once:
/// most deadlines are never reached. Adding and removing cost the logarithm of
/// the number of sleepers.
struct Timers<Sleeper> {
  typealias Instant = ContinuousClock.Instant

  /// One sleeper. Touched only by the ``Timers`` it is in, and under their lock.
  final class Timer: @unchecked Sendable {
    fileprivate let deadline: Instant
    fileprivate var state = State.new

    init(deadline: Instant) { self.deadline = deadline }
  }

  fileprivate enum State {
    case new
    case waiting(Sleeper, place: Int)
    /// Its time has come, or it was cancelled, maybe before it began to wait.
    case over
  }

  private var heap: [Timer] = []

  /// How many sleep.
  var count: Int { heap.count }

  /// When the next one is to be woken.
  var earliest: Instant? { heap.first?.deadline }

  /// Has `timer` sleep.
  /// - Returns: false if it was cancelled before; its sleeper is then the caller's to wake.
  mutating func add(_ timer: Timer, _ sleeper: Sleeper) -> Bool {
    guard case .new = timer.state else { return false }
    timer.state = .waiting(sleeper, place: heap.count)
    heap.append(timer)
    rise(from: heap.count - 1)
    return true
  }

  /// Removes a sleeper whose time has not come.
  /// - Returns: the sleeper, to be woken by the caller, if it slept.
  mutating func cancel(_ timer: Timer) -> Sleeper? {
    defer { timer.state = .over }
    guard case .waiting(let sleeper, let place) = timer.state else { return nil }
    remove(at: place)
    return sleeper
  }

  /// Removes one sleeper whose time has come, the earliest.
  /// - Returns: the sleeper, to be woken by the caller; nil if none is due.
  mutating func takeDue(at now: Instant) -> Sleeper? {
    guard let timer = heap.first, timer.deadline <= now else { return nil }
    return cancel(timer)
  }

  // MARK: The heap

  private mutating func remove(at place: Int) {
    let last = heap.count - 1
    if place != last { exchange(place, last) }
    heap.removeLast()
    if place != last {
      sink(from: place)
      rise(from: place)
    }
  }

  private mutating func rise(from start: Int) {
    var place = start
    while place > 0 {
      let parent = (place - 1) / 2
      if heap[parent].deadline <= heap[place].deadline { return }
      exchange(place, parent)
      place = parent
    }
  }

  private mutating func sink(from start: Int) {
    var place = start
    while 2 * place + 1 < heap.count {
      var child = 2 * place + 1
      if child + 1 < heap.count, heap[child + 1].deadline < heap[child].deadline { child += 1 }
      if heap[place].deadline <= heap[child].deadline { return }
      exchange(place, child)
      place = child
    }
  }

  private mutating func exchange(_ one: Int, _ other: Int) {
    heap.swapAt(one, other)
    heap[one].move(to: one)
    heap[other].move(to: other)
  }
}

extension Timers.Timer {
  fileprivate func move(to place: Int) {
    if case .waiting(let sleeper, _) = state { state = .waiting(sleeper, place: place) }
  }
}

extension Duration {
  /// As `poll` wants it: never too short, so that the loop does not turn for nothing.
  var roundedUpToMilliseconds: Int32 {
    if self <= .zero { return 0 }
    let (seconds, attoseconds) = components
    if seconds >= 1_000_000 { return 1_000_000_000 }
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
