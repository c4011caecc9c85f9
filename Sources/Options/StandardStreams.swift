#if canImport(Darwin)
  private import Darwin
#elseif canImport(Musl)
  private import Musl
#else
  private import Glibc
#endif

/// The descriptors that a program is started with: 0, standard input; 1, standard output; 2,
/// standard error.
public enum StandardStreams {
  /// Makes them safe to use: the first statement of every program.
  ///
  /// - A closed descriptor (`program >&- 2>&-`) is opened on `/dev/null`. Otherwise the next file
  ///   or socket that the program opens would get its number, and with it text for people: a log
  ///   line would go into a segment of the write-ahead log.
  /// - SIGPIPE is ignored. By default it ends a program that writes to a pipe without a reader, so
  ///   that `server 2>&1 | head` or the restart of a log collector would end the server.
  /// - SIGTERM and SIGINT end the program, with the status that shells expect, even as the first
  ///   process of a container (PID 1), for which the system ignores signals without a handler. A
  ///   program that shuts down gracefully replaces these handlers.
  ///
  /// Ends the program with status 1 if `/dev/null` cannot be opened.
  public static func prepare() {
    // In ascending order: `open` returns the lowest number that is free.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      if open("/dev/null", O_RDWR) != descriptor { exit(1) }
    }
    signal(SIGPIPE, SIG_IGN)
    guard getpid() == 1 else { return }
    for number in [SIGTERM, SIGINT] { signal(number) { number in _exit(128 + number) } }
  }
}

/// Standard error, to `print` to: unbuffered; text that cannot be written is dropped.
///
/// Waits for its reader, which a server must not do: see ``LogStream``.
public struct StandardError: TextOutputStream {
  public init() {}

  public mutating func write(_ text: String) {
    var text = text
    _ = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
  }
}

/// Standard output of a program whose purpose is to print.
///
/// Each text is written at once, so that a pipe's reader sees it as it comes. Output that cannot be
/// written ends the program, so that a truncated file does not pass for a whole one:
///
/// - If the reader has gone (`program | head`), by SIGPIPE, quietly, as is usual; shells show 141.
/// - Otherwise (a full disk) with status 1 and one line on standard error.
public struct StandardOutput: TextOutputStream {
  public init() {}

  public mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { Self.write(UnsafeRawBufferPointer($0)) }
  }

  /// Writes bytes as they are.
  public static func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { write($0) }
  }

  /// Writes a line.
  public static func print(_ line: String = "") {
    var standardOutput = StandardOutput()
    standardOutput.write(line + "\n")
  }

  private static func write(_ bytes: UnsafeRawBufferPointer) {
    let code = writeAll(bytes, to: STDOUT_FILENO)
    if code == 0 { return }
    if code == EPIPE {
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
    }
    var standardError = StandardError()
    let reason = String(cString: strerror(code))
    standardError.write("cannot write to standard output: \(reason)\n")
    exit(1)
  }
}

/// Writes all bytes; returns 0, or the code of the error that prevented it.
private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
  var rest = bytes
  while !rest.isEmpty {
    let count = write(descriptor, rest.baseAddress, rest.count)
    if count >= 0 {
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      continue
    }
    if errno == EINTR { continue }
    if errno != EAGAIN { return errno }
    // Another process has made the pipe or terminal that both share non-blocking.
    var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    _ = poll(&entry, 1, -1)
  }
  return 0
}
