private import Synchronization

#if canImport(Darwin)
  private import Darwin
#elseif canImport(Musl)
  private import Musl
#else
  private import Glibc
#endif

/// A standard stream of a server: writing to it never waits for its reader.
///
/// The reader of a log may stop reading: a suspended terminal, a collector that hangs. A pipe then
/// fills up (64 KiB on Linux), and a plain write to it would block the writing thread, perhaps a
/// loop's or one that sends heartbeats, for as long as the reader pauses. Here a line that cannot
/// be written at once is dropped and counted, and the next line that can be written follows a line
/// with the count:
///
///     event=log_dropped lines=17
///
/// A line is one write, so that lines of several threads, or of several processes on one pipe, do
/// not mix. May be used from any thread.
public final class LogStream: Sendable {
  /// The longest line in bytes, including its end; a longer one is cut. Linux writes this many
  /// bytes to a pipe as a whole or not at all (PIPE_BUF).
  static let longestLine = 4_096

  public static let standardOutput = LogStream(STDOUT_FILENO)
  public static let standardError = LogStream(STDERR_FILENO)

  private let descriptor: Int32
  private let kind: Kind
  private let dropped = Atomic<Int>(0)

  private enum Kind {
    /// Regular files, for which a write succeeds or fails at once.
    case file
    /// Takes a flag per call.
    case socket
    /// Opened anew, without blocking. The flag must not be set on the descriptor that was
    /// inherited: other processes share it.
    case reopened
    /// Asked before each write. Between the two another process may fill the pipe.
    case polled
  }

  /// - Parameter reopens: false to behave as where a pipe cannot be opened again.
  init(_ descriptor: Int32, reopens: Bool = true) {
    var status = stat()
    let type = fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : S_IFREG
    switch type {
    case S_IFIFO, S_IFCHR:
      // The path exists only on Linux, and a pipe of another user does not open.
      let flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
      let own = reopens ? open("/proc/self/fd/\(descriptor)", flags) : -1
      (self.descriptor, kind) = own >= 0 ? (own, .reopened) : (descriptor, .polled)
    case S_IFSOCK: (self.descriptor, kind) = (descriptor, .socket)
    default: (self.descriptor, kind) = (descriptor, .file)
    }
  }

  deinit { if case .reopened = kind { close(descriptor) } }

  /// Writes a line, or drops it.
  ///
  /// - Parameter patience: how long to wait for room, in milliseconds: for a program's last words.
  public func write(_ line: String, patience: Int32 = 0) {
    let missed = dropped.exchange(0, ordering: .relaxed)
    var text = missed > 0 ? "event=log_dropped lines=\(missed)\n" : ""
    text += line
    if !put(&text, patience) { dropped.add(missed + 1, ordering: .relaxed) }
  }

  private func put(_ text: inout String, _ patience: Int32) -> Bool {
    if text.utf8.count >= Self.longestLine {
      var end = text.utf8.index(text.startIndex, offsetBy: Self.longestLine - 1)
      // Not within a character's bytes.
      while end.samePosition(in: text.unicodeScalars) == nil { text.utf8.formIndex(before: &end) }
      text = String(text[..<end])
    }
    text += "\n"
    if kind == .polled || patience > 0, !hasRoom(within: patience) { return false }
    return text.withUTF8 { bytes in
      while true {
        let count =
          kind == .socket
          ? send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
          : platformWrite(descriptor, bytes)
        if count >= 0 { return true }
        if errno != EINTR { return false }
      }
    }
  }

  private func hasRoom(within milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&entry, 1, milliseconds) > 0
  }
}

/// `write` inside the class above is its own method.
private func platformWrite(_ descriptor: Int32, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
