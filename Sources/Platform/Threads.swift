#if canImport(Darwin)
  package import Darwin
#elseif canImport(Musl)
  package import Musl
#else
  package import Glibc
#endif

/// Starts a thread that runs `body` to its end and then goes away by itself.
///
/// Ends the process with one line on standard error when the system gives no thread: nothing that
/// was begun could go on.
package func startThread(_ body: @escaping @Sendable () -> Void) {
  let box = Unmanaged.passRetained(ThreadBody(body)).toOpaque()
  let failure = startDetachedThread({ runThread($0) }, box)
  guard failure != 0 else { return }
  var line = "cannot start a thread: \(String(cString: strerror(failure))); see ulimit -u\n"
  // If that fails as well, there is nothing left to say it with.
  _ = line.withUTF8 { try? write(UnsafeRawBufferPointer($0), to: standardError) }
  exitAtOnce(1)
}

/// Carries a closure through `pthread_create`'s `void *`.
private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
  return nil
}

/// A place that holds one pointer for each thread, nil at first.
package struct ThreadSlot: Sendable {
  @usableFromInline let key: pthread_key_t

  /// Takes one of the process's places (1,024 on Linux); it is never given back.
  package init() {
    var key = pthread_key_t()
    let failure = pthread_key_create(&key, nil)
    precondition(failure == 0, "pthread_key_create: no key left")
    self.key = key
  }

  /// The pointer of the calling thread.
  @inlinable
  package var pointer: UnsafeMutableRawPointer? { pthread_getspecific(key) }

  /// Sets the pointer of the calling thread.
  package func set(_ pointer: UnsafeMutableRawPointer?) { pthread_setspecific(key, pointer) }
}
