import HTTP

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What many threads send and one thread takes, all that there is at a time.
///
/// Its receiver sleeps while there is nothing. Waking it is left to the sender, because it pays to
/// put it off: an event loop sends the writes of all requests of one turn and wakes the receiver
/// once, when the turn is over. A receiver that is not asleep takes what there is without being told.
package final class Mailbox<Element: Sendable>: @unchecked Sendable {
  // Why `@unchecked Sendable` holds: the pointers never change, and all else is touched only under
  // the mutex.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var elements: [Element] = []
  /// The receiver waits.
  private var isAsleep = false
  /// The loop that was told to wake it at the end of its turn, and has not yet.
  ///
  /// Others do not rely on that: a turn may be long.
  private var promiser: ObjectIdentifier?
  private var isClosed = false

  package init() {
    pthread_mutex_init(mutex, nil)
    #if canImport(Darwin)
      pthread_cond_init(condition, nil)
    #else
      // Else the end of a wait would move when somebody sets the wall clock.
      var attributes = pthread_condattr_t()
      pthread_condattr_init(&attributes)
      pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
      pthread_cond_init(condition, &attributes)
      pthread_condattr_destroy(&attributes)
    #endif
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// What a sender has to do.
  enum Sent {
    /// Nothing: the receiver is awake, or somebody else wakes it.
    case seen
    /// ``wake()``, soon.
    case mustWake
    /// Nobody will receive it any more.
    case refused
  }

  /// Sends an element, and sees to it that the receiver wakes: on an event loop once, when the turn is
  /// over; elsewhere at once. From any thread.
  /// - Returns: false when nobody will receive it any more.
  @discardableResult
  package func post(_ element: Element) -> Bool {
    switch send(element) {
    case .seen: return true
    case .refused: return false
    case .mustWake:
      if let loop = EventLoop.current { loop.atEndOfTurn { self.wake() } } else { wake() }
      return true
    }
  }

  /// Puts an element behind the others. From any thread.
  func send(_ element: Element) -> Sent {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    if isClosed { return .refused }
    elements.append(element)
    if !isAsleep { return .seen }
    let loop = EventLoop.current.map(ObjectIdentifier.init)
    if let loop, loop == promiser { return .seen }
    promiser = loop
    return .mustWake
  }

  /// How many elements were sent and not received.
  package var count: Int {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return elements.count
  }

  /// Whether the receiver waits.
  var hasSleepingReceiver: Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return isAsleep
  }

  /// Has the receiver take what was sent. From any thread.
  func wake() {
    pthread_mutex_lock(mutex)
    promiser = nil
    let isAsleep = isAsleep
    pthread_mutex_unlock(mutex)
    if isAsleep { pthread_cond_signal(condition) }
  }

  /// Takes everything that was sent, in order; waits while that is nothing, but not beyond `end`.
  ///
  /// Only for the one receiver. `taken` is emptied first; its storage is used again.
  package func receive(into taken: inout [Element], until end: ContinuousClock.Instant? = nil) {
    taken.removeAll(keepingCapacity: true)
    pthread_mutex_lock(mutex)
    while elements.isEmpty {
      isAsleep = true
      guard let end else {
        pthread_cond_wait(condition, mutex)
        continue
      }
      let rest = end - .now
      if rest <= .zero { break }
      wait(atMost: rest)
    }
    isAsleep = false
    swap(&elements, &taken)
    pthread_mutex_unlock(mutex)
  }

  /// Waits to be woken, with the mutex locked, for less than a second.
  private func wait(atMost time: Duration) {
    let nanoseconds = Int(min(time, .milliseconds(999)) / .nanoseconds(1))
    var end = timespec()
    #if canImport(Darwin)
      end.tv_nsec = nanoseconds
      pthread_cond_timedwait_relative_np(condition, mutex, &end)
    #else
      clock_gettime(CLOCK_MONOTONIC, &end)
      end.tv_nsec += nanoseconds
      if end.tv_nsec >= 1_000_000_000 {
        end.tv_sec += 1
        end.tv_nsec -= 1_000_000_000
      }
      pthread_cond_timedwait(condition, mutex, &end)
    #endif
  }

  /// Refuses everything from now on.
  /// - Returns: what was sent and not received.
  package func close() -> [Element] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    isClosed = true
    defer { elements = [] }
    return elements
  }
}
