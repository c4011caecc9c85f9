internal import Platform

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
    // In ascending order: the lowest number that is free is taken.
    for descriptor in Platform.standardInput...Platform.standardError
    where !Platform.isOpen(descriptor) {
      let opened = try? Platform.openFile("/dev/null", .readWrite, inherited: true)
      if opened != descriptor { exit(1) }
    }
    Platform.ignore(.brokenPipe)
    guard Platform.processID == 1 else { return }
    for signal in [SystemSignal.terminate, .interrupt] {
      Platform.handle(signal) { number in Platform.exitAtOnce(128 + number) }
    }
  }
}

/// Standard error, to `print` to: unbuffered; text that cannot be written is dropped.
///
/// Waits for its reader, which a server must not do: see ``LogStream``.
public struct StandardError: TextOutputStream {
  public init() {}

  public mutating func write(_ text: String) {
    var text = text
    _ = text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: Platform.standardError) }
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
    guard let failure = writeAll(bytes, to: Platform.standardOutput) else { return }
    if failure.isBrokenPipe { Platform.raiseByDefault(.brokenPipe) }
    var standardError = StandardError()
    standardError.write("cannot write to standard output: \(failure.reason)\n")
    exit(1)
  }
}

/// Writes all bytes; returns nil, or the error that prevented it.
private func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> SystemError? {
  var rest = bytes
  while !rest.isEmpty {
    do throws(SystemError) {
      let count = try Platform.write(rest, to: descriptor)
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    } catch {
      guard error.wouldBlock else { return error }
      // Another process has made the pipe or terminal that both share non-blocking.
      _ = Platform.waitForRoom(in: descriptor, milliseconds: -1)
    }
  }
  return nil
}
