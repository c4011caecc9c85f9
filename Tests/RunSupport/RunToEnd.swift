public import Foundation

/// What a program has printed, and where.
public enum Printed: Sendable {
  case output, errors
  /// Both, as they came.
  case all
}

/// Runs a program to its end, without a clock: a test's time limit must do.
///
/// - Parameters:
///   - program: its path, or its name if `PATH` leads to it.
///   - folder: where it runs; nil: where the tests do.
///   - environment: variables beside those of the tests.
///   - input: what it reads.
///   - wanted: what of its words is returned; the rest is thrown away.
/// - Returns: its exit status, or the number of the signal that ended it, and its words.
public func run(
  _ program: String, _ arguments: [String], in folder: URL? = nil,
  environment: [String: String] = [:], input: String? = nil, returning wanted: Printed = .all
) throws -> (status: Int32, text: String) {
  let (process, words) = (Process(), Pipe())
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = [program] + arguments
  process.currentDirectoryURL = folder
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  process.standardInput = try input.map(file(holding:)) ?? FileHandle.nullDevice
  process.standardOutput = wanted == .errors ? FileHandle.nullDevice : words
  process.standardError = wanted == .output ? FileHandle.nullDevice : words
  try withoutBlockedSignals { try process.run() }
  let text = words.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: text, as: UTF8.self))
}

/// A file without a name: a pipe holds only so much, and ends a test whose program does not read.
private func file(holding text: String) throws -> FileHandle {
  let file = FileManager.default.temporaryDirectory.appending(path: "input-\(UUID())")
  try text.write(to: file, atomically: false, encoding: .utf8)
  defer { try? FileManager.default.removeItem(at: file) }
  return try FileHandle(forReadingFrom: file)
}

/// Starts a process in `body`. It inherits the signals that the thread starting it has blocked, and
/// threads of the concurrency pool may have blocked all: it would never hear of Ctrl-C.
public func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
  var (none, blocked) = (sigset_t(), sigset_t())
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, &blocked)
  defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
  try body()
}
