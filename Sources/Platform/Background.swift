/// Work on a thread of its own, whose result another thread waits for.
package final class Background<Value: Sendable>: @unchecked Sendable {
  // Why `@unchecked Sendable` holds: `value` is touched only under the monitor's lock.
  private let monitor = Monitor()
  private var value: Value?

  /// Starts the work. If the system gives no thread, the process ends: see ``startThread(_:)``.
  package init(_ work: @escaping @Sendable () -> Value) {
    startThread { [self] in
      let value = work()
      monitor.lock()
      // Moved: the thread that waits is then the only one to have it.
      self.value = consume value
      monitor.signal()
      monitor.unlock()
    }
  }

  deinit { monitor.destroy() }

  /// Waits until the work is done, and hands its result over: to be called once.
  package func wait() -> Value {
    monitor.lock()
    defer { monitor.unlock() }
    while true {
      if let value = value.take() { return value }
      monitor.wait()
    }
  }
}
