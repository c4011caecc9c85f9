import Foundation
import RunSupport

/// One run of a page's commands, in a folder that looks like the repository and is gone afterwards.
final class ChapterRun {
  private let folder: URL
  private let ports: Ports
  private let script: Script
  private let limit: Int

  /// - Parameter limit: how long the commands may take together, in seconds.
  init(_ script: Script, within limit: Int = 300) throws {
    self.script = script
    self.limit = limit
    ports = Ports(unlike: script.pieces.flatMap { $0.answer ?? [] }.joined(separator: "\n"))
    folder = FileManager.default.temporaryDirectory.appending(path: "course-\(UUID().uuidString)")
    for name in ["tree", "bin", "pieces", "answers", "status"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    try FileManager.default.copyItem(
      at: ChapterRun.shell.appending(path: "swift"), to: folder.appending(path: "bin/swift"))
    // Curl shows no progress, and does not wait for ever.
    try write("no-progress-meter\nmax-time = 60\n", to: ".curlrc")
    try copyTree()
    try writePieces()
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private static let shell = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Shell").standardizedFileURL

  private func write(_ text: String, to path: String) throws {
    try text.write(to: folder.appending(path: path), atomically: false, encoding: .utf8)
  }

  /// Copies what is in the repository; of wal-data the page alone.
  private func copyTree() throws {
    for path in Repository.files {
      let source = Repository.root.appending(path: path)
      let copy = folder.appending(path: "tree/\(path)")
      if source.hasDirectoryPath || (try? source.checkResourceIsReachable()) != true { continue }
      var isDirectory: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: source.path(), isDirectory: &isDirectory)
      if isDirectory.boolValue {
        if path == "wal-data" || !path.hasPrefix("wal-data/") {
          try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
        }
      } else if path.hasPrefix("wal-data/"), !path.hasSuffix(".md") {
        continue
      } else if path.hasSuffix(".sh") {
        try FileManager.default.copyItem(at: source, to: copy)
        try write(ports.hide(try Repository.text(of: path)), to: "tree/\(path)")
      } else {
        try FileManager.default.copyItem(at: source, to: copy)
      }
    }
  }

  private func number(_ place: Int) -> String {
    let digits = String(place + 1)
    return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }

  private func writePieces() throws {
    for (place, piece) in script.pieces.enumerated() {
      let commands = ports.hide(piece.commands.joined(separator: "\n")) + "\n"
      try write(commands, to: "pieces/\(number(place)).\(piece.kind.rawValue)")
      if piece.kind == .prompt {
        let typed = piece.typed.map { $0 + "\n" }.joined()
        try write(typed, to: "pieces/\(number(place)).typed")
      }
    }
  }

  /// A program that a reader has to install and that is not there, if the script needs one.
  static func toolMissing(for script: Script) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return ["curl", "jq"].first { tool in
      script.pieces.contains { $0.commands.contains { $0.contains("\(tool) ") } }
        && !path.split(separator: ":").contains {
          FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)")
        }
    }
  }

  /// Runs every command, and returns what differs from what the page says; nothing if all is so.
  ///
  /// - Parameter all: whether to look on behind the first difference, from which others may follow.
  func differences(all: Bool = false) async throws -> [(line: Int, difference: String)] {
    try await run()
    var differences: [(line: Int, difference: String)] = []
    for (place, piece) in script.pieces.enumerated() {
      guard let status = try? read("status/\(number(place))") else {
        let said = (try? read("answers/\(number(place))")) ?? []
        return differences
          + [(piece.line, "does not end; so far: \(said.joined(separator: "\n"))")]
      }
      let found = try read("answers/\(number(place))")
      if let wanted = piece.printed {
        guard let difference = wanted.difference(from: found) else { continue }
        differences.append((piece.line, difference))
      } else if status != ["0"] {
        differences.append(
          (piece.line, "fails (\(status)): \(found.joined(separator: "\n"))"))
      }
      if !all, !differences.isEmpty { break }
    }
    return differences
  }

  /// What the commands have left outside of the folders that git ignores: see .gitignore.
  var litter: [String] {
    let tree = folder.appending(path: "tree").resolvingSymlinksInPath().path() + "/"
    let files = FileManager.default.enumerator(atPath: tree)?.compactMap { $0 as? String } ?? []
    let known = Set(
      Repository.files.flatMap { path in
        let parts = path.split(separator: "/")
        return parts.indices.map { parts[...$0].joined(separator: "/") }
      })
    return files.filter { path in
      !known.contains(path) && !path.hasPrefix("data") && !path.hasPrefix("wal-data/")
        && !path.hasPrefix(".build") && !(path.hasSuffix(".svg") && !path.contains("/"))
    }
  }

  private func read(_ path: String) throws -> [String] {
    let bytes = try Data(contentsOf: folder.appending(path: path))
    var text = ports.show(String(decoding: bytes, as: UTF8.self)).replacing("\r\n", with: "\n")
    while text.hasSuffix("\n") { text.removeLast() }
    return text.isEmpty ? [] : text.components(separatedBy: "\n")
  }

  private func run() async throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "timeout", "--kill-after=5", "\(limit)", "bash",
      ChapterRun.shell.appending(path: "chapter.bash").path(), folder.path(),
    ]
    let endpoints = (0...3).map { "127.0.0.1:\(ports.prefix)\($0)" }.joined(separator: ",")
    process.environment = ProcessInfo.processInfo.environment.merging([
      "COURSE_PROGRAMS": builtPrograms.path(), "COURSE_PORT": "\(ports.prefix)0",
      "COURSE_ENDPOINTS": endpoints,
    ]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { _ in continuation.resume() }
      do {
        try withoutBlockedSignals { try process.run() }
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }
}
