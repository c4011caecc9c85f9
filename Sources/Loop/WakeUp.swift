internal import Platform

/// A descriptor that any thread can make readable, to end a loop's wait for events.
///
/// Linux: an eventfd. Elsewhere: a pipe with itself.
struct WakeUp: Sendable {
  /// What the loop waits on.
  let readEnd: Int32
  private let writeEnd: Int32

  init() throws(SystemError) {
    (readEnd, writeEnd) = try Platform.openWakeUp()
  }

  /// Makes ``readEnd`` readable. From any thread. That it may already be so is no error.
  func signal() {
    Platform.writeWord(1, to: writeEnd)
  }

  /// Whether signals pile up until it is drained, and are lost when it is full: in a pipe, and not
  /// in an eventfd.
  var canFill: Bool { readEnd != writeEnd }

  /// Makes ``readEnd`` unreadable again. A poller that is told of changes need not, unless
  /// ``canFill``.
  func drain() {
    var bytes: (UInt64, UInt64) = (0, 0)
    withUnsafeMutableBytes(of: &bytes) { bytes in
      while (try? Platform.read(readEnd, into: bytes)) == bytes.count {}
    }
  }

  func close() {
    Platform.close(readEnd)
    if writeEnd != readEnd { Platform.close(writeEnd) }
  }
}
