#if canImport(Darwin)
  package import Darwin
#elseif canImport(Musl)
  package import Musl
#else
  package import Glibc
#endif

/// A lock, and something to wait for while it is given up: a mutex and a condition variable.
///
/// (`Synchronization.Mutex` has nothing to wait for.) Give it back with ``destroy()``.
package struct Monitor: @unchecked Sendable {
  // Why `@unchecked Sendable` holds: the pointers never change, and what they point to is made for
  // several threads.
  @usableFromInline let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  @usableFromInline let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  package init() {
    pthread_mutex_init(mutex, nil)
    initialize(condition)
  }

  /// Frees what it takes. Nothing may use it after that.
  package func destroy() {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Waits until no other thread has the lock, and takes it.
  @inlinable
  package func lock() { pthread_mutex_lock(mutex) }

  /// Gives the lock up.
  @inlinable
  package func unlock() { pthread_mutex_unlock(mutex) }

  /// Ends the wait of one thread, if one waits.
  @inlinable
  package func signal() { pthread_cond_signal(condition) }

  /// Waits for ``signal()``, or returns for no reason. Only with the lock, which others may have
  /// meanwhile.
  @inlinable
  package func wait() { pthread_cond_wait(condition, mutex) }

  /// Waits likewise, for less than a second.
  package func wait(atMost time: Duration) {
    let nanoseconds = Int(min(time, .milliseconds(999)) / .nanoseconds(1))
    Platform.wait(for: condition, mutex, nanoseconds: nanoseconds)
  }
}
