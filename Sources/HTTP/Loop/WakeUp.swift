#if canImport(Glibc)
  internal import CSystem
  internal import Glibc
#else
  internal import Darwin
#endif

/// A descriptor that any thread can make readable, to end a loop's wait for events.
///
/// Linux: an eventfd. Elsewhere: a pipe with itself.
struct WakeUp: Sendable {
  /// What the loop waits on.
  let readEnd: Int32
  private let writeEnd: Int32

  init() throws(SystemError) {
    #if canImport(Glibc)
      readEnd = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
      writeEnd = readEnd
      if readEnd < 0 { throw SystemError("eventfd") }
    #else
      var ends: (Int32, Int32) = (-1, -1)
      let made = withUnsafeMutableBytes(of: &ends) {
        pipe($0.assumingMemoryBound(to: Int32.self).baseAddress)
      }
      if made < 0 { throw SystemError("pipe") }
      for end in [ends.0, ends.1] {
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      }
      (readEnd, writeEnd) = ends
    #endif
  }

  /// Makes ``readEnd`` readable. From any thread. That it may already be so is no error.
  func signal() {
    var one: UInt64 = 1
    _ = retryingInterrupts { write(writeEnd, &one, 8) }
  }

  /// Makes ``readEnd`` unreadable again; an edge-triggered poller need not.
  func drain() {
    var bytes: (UInt64, UInt64) = (0, 0)
    while retryingInterrupts({ read(readEnd, &bytes, 16) }) == 16 {}
  }

  func close() {
    #if canImport(Glibc)
      _ = Glibc.close(readEnd)
    #else
      _ = Darwin.close(readEnd)
      _ = Darwin.close(writeEnd)
    #endif
  }
}
