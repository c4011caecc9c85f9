#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// What interrupts a process, and by default ends it.
package struct SystemSignal: Sendable {
  /// The system's number. Shells know a program that a signal ended by the status 128 + number.
  package let number: Int32

  /// The process is asked to end.
  package static let terminate = SystemSignal(number: SIGTERM)
  /// The process is ended by the system, whatever it does.
  package static let kill = SystemSignal(number: SIGKILL)
  /// Ctrl-C.
  package static let interrupt = SystemSignal(number: SIGINT)
  /// It has written to a pipe or socket without a reader.
  package static let brokenPipe = SystemSignal(number: SIGPIPE)
  /// It has written to a file beyond the size that files may have.
  package static let fileSize = SystemSignal(number: SIGXFSZ)
}

/// Has a signal do nothing: the call that led to it fails instead.
package func ignore(_ signal: SystemSignal) {
  setHandler(of: signal.number, SIG_IGN)
}

/// Has a signal call `handler` with its number.
/// - Parameter handler: interrupts whatever runs, so it may do next to nothing:
///   ``writeByte(_:to:)``, ``exitAtOnce(_:)``.
package func handle(_ signal: SystemSignal, _ handler: @escaping @convention(c) (Int32) -> Void) {
  setHandler(of: signal.number, handler)
}

/// Sends this process a signal, which does what signals do by default.
package func raiseByDefault(_ signal: SystemSignal) {
  setHandler(of: signal.number, SIG_DFL)
  raise(signal.number)
}

private func setHandler(of number: Int32, _ handler: (@convention(c) (Int32) -> Void)?) {
  signal(number, handler)
}
