public import Bytes
import Platform
private import Synchronization

/// A standard stream of a server: writing to it never waits for its reader.
///
/// The reader of a log may stop reading: a suspended terminal, a collector that hangs. A pipe then
/// fills up (64 KiB on Linux), and a plain write to it would block the writing thread, perhaps a
/// loop's or one that sends heartbeats, for as long as the reader pauses. Here a line that cannot
/// be written at once is dropped and counted, and the next line that can be written follows a line
/// with the count:
///
///     2026-11-30T04:01:02.345Z warn event=log_dropped lines=17
///
/// A line is one write, so that lines of several threads, or of several processes on one pipe, do
/// not mix. May be used from any thread.
public final class LogStream: Sendable {
  /// The longest line in bytes, including its end; a longer one is cut. Linux writes this many
  /// bytes to a pipe as a whole or not at all (PIPE_BUF).
  static let longestLine = 4_096

  public static let standardOutput = LogStream(Platform.standardOutput)
  public static let standardError = LogStream(Platform.standardError)

  private let descriptor: Int32
  private let kind: Kind
  private let clock: @Sendable () -> Int64
  private let least = Mutex(LogLevel.info)
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

  /// - Parameters:
  ///   - reopens: false to behave as where a pipe cannot be opened again.
  ///   - clock: microseconds since 1970 in UTC.
  init(
    _ descriptor: Int32, reopens: Bool = true,
    clock: @escaping @Sendable () -> Int64 = Platform.wallClockMicroseconds
  ) {
    self.clock = clock
    switch (try? FileStatus(of: descriptor))?.kind {
    case .pipe, .terminalOrDevice:
      // The path exists only on Linux, and a pipe of another user does not open.
      let own =
        reopens
        ? try? Platform.openFile(
          "/proc/self/fd/\(descriptor)", [.writeOnly, .nonBlocking, .noControllingTerminal]) : nil
      (self.descriptor, kind) = own.map { ($0, .reopened) } ?? (descriptor, .polled)
    case .socket: (self.descriptor, kind) = (descriptor, .socket)
    default: (self.descriptor, kind) = (descriptor, .file)
    }
  }

  deinit { if case .reopened = kind { Platform.close(descriptor) } }

  /// Leaves out lines of a lower level from now on; at first, those of ``LogLevel/debug``.
  public func show(from level: LogLevel) { least.withLock { $0 = level } }

  /// Writes an event with the time in front, unless its level is to be left out, or drops it.
  public func write(_ line: LogLine) {
    if line.level >= least.withLock({ $0 }) { write(timed(line)) }
  }

  private func timed(_ line: LogLine) -> String {
    var time: [UInt8] = []
    time.append(rfc3339Milliseconds: clock())
    return "\(String(decoding: time, as: UTF8.self)) \(line)"
  }

  /// Writes a line, or drops it.
  ///
  /// - Parameter patience: how long to wait for room, in milliseconds: for a program's last words.
  public func write(_ line: String, patience: Int32 = 0) {
    let missed = dropped.exchange(0, ordering: .relaxed)
    var text = missed > 0 ? timed(.warn("log_dropped", ["lines": missed])) + "\n" : ""
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
    if kind == .polled || patience > 0,
      !Platform.waitForRoom(in: descriptor, milliseconds: patience)
    {
      return false
    }
    return text.withUTF8 { bytes in
      let bytes = UnsafeRawBufferPointer(bytes)
      do throws(SystemError) {
        if kind == .socket { return try Platform.send(bytes, through: descriptor) != nil }
        _ = try Platform.write(bytes, to: descriptor)
        return true
      } catch { return false }
    }
  }
}
