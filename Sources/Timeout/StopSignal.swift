internal import Platform

/// SIGTERM and SIGINT (Ctrl-C) as something a task can wait for.
///
/// A signal handler may do almost nothing, since it interrupts whatever runs. So it only writes the
/// signal's number to a pipe (D. J. Bernstein's self-pipe trick), and a thread reads it there.
/// Blocking the signals for a thread in `sigwait` would be simpler, but the main thread of a Swift
/// program that waits in `await` unblocks all signals.
public enum StopSignal {
  /// Until ``take()`` is called, a signal ends the program at once, with the status that shells
  /// expect. While a program reads its log or asks to join a cluster, it has nothing to shut down.
  ///
  /// That is the default action too, but not for the first process of a container (PID 1), for
  /// which the system ignores signals without a handler.
  public static func endAtOnce() {
    for signal in [SystemSignal.terminate, .interrupt] {
      Platform.handle(signal) { number in Platform.exitAtOnce(128 + number) }
    }
  }

  /// From here on a signal is a request, which ``first()`` waits for.
  public static func take() {
    do throws(SystemError) { (reader, stopPipe) = try Platform.openPipe() } catch {
      preconditionFailure("\(error)")
    }
    for signal in [SystemSignal.terminate, .interrupt] {
      Platform.handle(signal) { number in
        Platform.writeByte(UInt8(truncatingIfNeeded: number), to: stopPipe)
      }
    }
  }

  /// Returns when the first signal comes. A second one ends the process at once: the user has
  /// lost patience. What comes within a tenth of a second of the first belongs to it: `timeout`,
  /// for one, signals its child and then its whole process group, so the child gets two.
  public static func first() async {
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      Platform.startThread {
        _ = next()
        continuation.resume()
        // No time is compared: on a busy machine what came at once may be read much later. All that
        // is in the pipe before the mark came early enough.
        Platform.pause(milliseconds: 100)
        Platform.writeByte(mark, to: stopPipe)
        while next() != mark {}
        // The status by which shells know a program that was ended by a signal.
        Platform.exitAtOnce(128 + Int32(next()))
      }
    }
  }

  /// No signal has this number.
  private static let mark: UInt8 = 0

  private static func next() -> UInt8 {
    var number: UInt8 = 0
    withUnsafeMutableBytes(of: &number) { byte in
      while (try? Platform.read(reader, into: byte)) != 1 {}
    }
    return number
  }

  // Written once, before the handlers that lead to a reading of them are in place.
  nonisolated(unsafe) private static var reader: Int32 = -1
}

/// Where the handler writes: a constant initial value, so that reading it runs no code.
// Written once, as above.
nonisolated(unsafe) private var stopPipe: Int32 = -1
