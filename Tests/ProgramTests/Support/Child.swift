import Foundation
import RunSupport
import Testing

/// One of this package's programs as a process of its own.
final class Child: @unchecked Sendable {
  // Sendable because a test uses one from one task at a time.
  private let process = Process()
  private let diagnostics: Pipe?
  private let output: Pipe?
  /// Held, so that a stalled reader does not become one that has gone.
  private let streams: [Stream]
  /// Where it runs: what it writes without being told where must not be in the repository.
  private let directory: ScratchDirectory

  /// Where a child's standard output or standard error goes.
  enum Stream {
    /// Kept; see ``Child/output()`` and ``Child/diagnostics()``.
    case kept
    case nowhere
    case pipe(LogPipe)
  }

  /// Starts a program of this package, or one of the system by its whole path.
  /// - Parameters:
  ///   - redirections: what a shell does with the descriptors last, such as `>&-`.
  ///   - hasFullDisk: whether it can add nothing to any file until ``makeRoom()``.
  ///   - isFirstProcess: whether it runs as a container's first process: see ``firstProcess``.
  init(
    _ program: String, _ arguments: [String] = [], redirections: String = "",
    hasFullDisk: Bool = false, output: Stream = .nowhere, diagnostics: Stream = .nowhere,
    isFirstProcess: Bool = false
  ) throws {
    let wrapper = isFirstProcess ? Child.asFirstProcess : ""
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments =
      [
        "-c",
        (hasFullDisk ? "ulimit -S -f 0; " : "")
          + "exec \(wrapper) \"$0\" \"$@\" \(redirections)",
        Child.path(of: program),
      ] + arguments
    process.standardInput = FileHandle.nullDevice
    streams = [output, diagnostics]
    directory = try ScratchDirectory()
    process.currentDirectoryURL = URL(filePath: directory.path)
    (self.output, self.diagnostics) = (Pipe(kept: output), Pipe(kept: diagnostics))
    process.standardOutput = self.output ?? output.target
    process.standardError = self.diagnostics ?? diagnostics.target
    try withoutBlockedSignals { try process.run() }
  }

  deinit {
    if process.isRunning { Foundation.kill(id, SIGKILL) }
  }

  private static func path(of program: String) -> String {
    if program.hasPrefix("/") { return program }
    return builtPrograms.appending(path: program).path()
  }

  var id: Int32 { process.processIdentifier }

  // MARK: As a container's first process

  /// Runs a program as process 1 of its own space of processes.
  private static let asFirstProcess = "unshare --pid --fork --kill-child"

  /// Whether that is permitted.
  static let mayBeFirstProcess: Bool = {
    (try? run("/bin/sh", ["-c", "exec \(asFirstProcess) true"]))?.status == 0
  }()

  /// The id, outside, of the program that runs as process 1; nil until it does.
  var firstProcess: Int32? {
    let children = try? String(contentsOfFile: "/proc/\(id)/task/\(id)/children", encoding: .utf8)
    return children?.split(separator: " ").first.flatMap { Int32($0) }
  }

  // MARK: Its end

  /// Waits until it has ended: the status as a shell shows it, 128 and the number of a signal that
  /// ended it.
  @discardableResult
  func end() async -> Int32 {
    while process.isRunning {
      // The test has taken too long.
      if Task.isCancelled { Foundation.kill(id, SIGKILL) }
      try? await Task.sleep(for: .milliseconds(1))
    }
    let status = process.terminationStatus
    return process.terminationReason == .uncaughtSignal ? 128 + status : status
  }

  @discardableResult
  func end(by signal: Int32) async -> Int32 {
    Foundation.kill(id, signal)
    return await end()
  }

  /// Sends `signal` as soon as `isTime`, which may be for a moment only. By a thread of its own:
  /// beside other tests a task may have to wait for seconds.
  func end(by signal: Int32, when isTime: @escaping @Sendable (Child) -> Bool) async -> Int32 {
    await withUnsafeContinuation { continuation in
      Thread.detachNewThread { [self] in
        while process.isRunning && !isTime(self) { usleep(200) }
        if process.isRunning { Foundation.kill(id, signal) }
        continuation.resume()
      }
    }
    return await end()
  }

  /// What it has printed, once it has ended. Not for more than a pipe holds.
  func keptOutput() -> String { output?.text ?? "" }
  func keptDiagnostics() -> String { diagnostics?.text ?? "" }

  /// Ends what `hasFullDisk` began. By a program (util-linux), since Glibc's module lacks the call.
  func makeRoom() throws {
    _ = try run("prlimit", ["--pid", "\(id)", "--fsize=unlimited:unlimited"])
  }

  // MARK: What the system knows of it

  /// What its descriptor refers to; nil if it is closed.
  func target(of descriptor: Int32) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/fd/\(descriptor)")
  }

  /// What its descriptors refer to.
  var descriptorTargets: [String] { Child.descriptorTargets(of: id) }

  static func descriptorTargets(of id: Int32) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd")) ?? []
    return names.compactMap { name in
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/fd/\(name)")
    }
  }

  /// Whether it has a handler for `signal`.
  func catches(_ signal: Int32) -> Bool {
    let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
    let mask = line.flatMap { UInt64($0.dropFirst(7).drop { $0.isWhitespace }, radix: 16) } ?? 0
    return mask >> UInt64(signal - 1) & 1 == 1
  }

  /// Waits until it listens, and returns the port.
  func port() async throws -> UInt16 {
    while true {
      try requireRunning()
      if let port = listeningPort { return port }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  private func requireRunning() throws {
    if process.isRunning { return }
    Issue.record("ended too early: \(process.terminationReason) \(process.terminationStatus)")
    throw EndedTooEarly()
  }

  private struct EndedTooEarly: Error {}

  /// Waits until `condition` holds; it must not end before.
  func waits(until condition: () -> Bool) async throws {
    while !condition() {
      try requireRunning()
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  /// Found without asking the program, which may have no way to say it.
  ///
  /// The table may name thousands of closed connections of other tests; the sockets that listen
  /// come first in it, so only its beginning is read.
  var listeningPort: UInt16? {
    let sockets = Set(
      descriptorTargets.filter { $0.hasPrefix("socket:[") }.map { $0.dropFirst(8).dropLast() })
    guard let table = FileHandle(forReadingAtPath: "/proc/\(id)/net/tcp") else { return nil }
    defer { try? table.close() }
    guard let start = try? table.read(upToCount: 1 << 16) else { return nil }
    for line in start.split(separator: UInt8(ascii: "\n")).dropFirst() {
      // sl local_address rem_address st ... inode; state 0A listens.
      let words = String(decoding: line, as: UTF8.self).split(separator: " ")
      guard words.count > 9, words[3] == "0A" else { break }
      if sockets.contains(words[9]) {
        return words[1].split(separator: ":").last.flatMap { UInt16($0, radix: 16) }
      }
    }
    return nil
  }
}

extension Pipe {
  fileprivate convenience init?(kept stream: Child.Stream) {
    guard case .kept = stream else { return nil }
    self.init()
  }

  fileprivate var text: String {
    String(decoding: fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }
}

extension Child.Stream {
  fileprivate var target: Any {
    guard case .pipe(let pipe) = self else { return FileHandle.nullDevice }
    return pipe.writingEnd
  }
}

/// A directory that goes when the test ends.
final class ScratchDirectory: Sendable {
  let path: String
  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "mini-etcd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path()
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }
}
