internal import Platform

/// A queue that many threads append to and one thread empties, all of it at a time.
///
/// Its receiver sleeps while there is nothing. Waking it is left to the sender, because it pays to
/// put it off: an event loop sends the writes of all requests of one turn and wakes the receiver
/// once, when the turn is over. A receiver that is not asleep takes what there is without being
/// told.
package final class Mailbox<Element: Sendable>: @unchecked Sendable {
  // Why `@unchecked Sendable` holds: everything is touched only under the monitor's lock.
  private let monitor = Monitor()
  private var elements: [Element] = []
  /// The receiver waits.
  private var isAsleep = false
  /// The loop that was told to wake it at the end of its turn, and has not yet.
  ///
  /// Others do not rely on that: a turn may be long.
  private var promiser: ObjectIdentifier?
  private var isClosed = false

  package init() {}

  deinit { monitor.destroy() }

  /// What a sender has to do.
  private enum Sent {
    /// Nothing: the receiver is awake, or another sender wakes it.
    case seen
    /// ``wake()``, soon.
    case mustWake
    /// It is closed.
    case refused
  }

  /// Sends an element, and sees to it that the receiver wakes: on an event loop once, when the turn
  /// is over; elsewhere at once. From any thread.
  /// - Returns: false if the mailbox is closed.
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
  private func send(_ element: Element) -> Sent {
    monitor.lock()
    defer { monitor.unlock() }
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
    monitor.lock()
    defer { monitor.unlock() }
    return elements.count
  }

  /// Whether the receiver waits.
  package var hasSleepingReceiver: Bool {
    monitor.lock()
    defer { monitor.unlock() }
    return isAsleep
  }

  /// Has the receiver take what was sent. From any thread.
  private func wake() {
    monitor.lock()
    promiser = nil
    let isAsleep = isAsleep
    monitor.unlock()
    if isAsleep { monitor.signal() }
  }

  /// Takes everything that was sent, in order; waits while that is nothing, but not beyond `end`.
  ///
  /// Only for the one receiver. `taken` is emptied first; its storage is used again.
  package func receive(into taken: inout [Element], until end: ContinuousClock.Instant? = nil) {
    taken.removeAll(keepingCapacity: true)
    monitor.lock()
    while elements.isEmpty {
      isAsleep = true
      guard let end else {
        monitor.wait()
        continue
      }
      let rest = end - .now
      if rest <= .zero { break }
      monitor.wait(atMost: rest)
    }
    isAsleep = false
    swap(&elements, &taken)
    monitor.unlock()
  }

  /// Refuses everything from now on.
  /// - Returns: what was sent and not received.
  package func close() -> [Element] {
    monitor.lock()
    defer { monitor.unlock() }
    isClosed = true
    defer { elements = [] }
    return elements
  }
}
