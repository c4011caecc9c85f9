internal import HTTP

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// SIGTERM and SIGINT (Ctrl-C) as something a task can wait for.
///
/// A signal handler may do next to nothing, so there is none: the signals are blocked for all threads,
/// and one thread sleeps in `sigwait` (POSIX) until one of them comes.
public enum StopSignal {
  /// Takes the signals away from the process's default reaction. To be called before any other thread
  /// is started, since a thread inherits what its maker blocks.
  public static func block() {
    var signals = set
    pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// Returns when the first signal comes. A second one ends the process at once: somebody has lost
  /// patience.
  public static func first() async {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      Platform.startThread {
        _ = next()
        continuation.resume()
        let second = next()
        // The status by which shells know a program that was ended by a signal.
        _exit(128 + second)
      }
    }
  }

  private static var set: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGTERM)
    sigaddset(&signals, SIGINT)
    return signals
  }

  private static func next() -> Int32 {
    var signals = set
    var signal: Int32 = 0
    while sigwait(&signals, &signal) != 0 {}
    return signal
  }
}
