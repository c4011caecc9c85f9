import Foundation
import Testing

@testable import WAL

/// What wal-data/README.md shows is so.
@Suite(.timeLimit(.minutes(5))) struct ReadmeTests {
  /// The fenced blocks of a page: language and text.
  private func blocks(of page: String) throws -> [(language: String, text: String)] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../wal-data")
    let text = try String(contentsOf: folder.appending(path: page), encoding: .utf8)
    let parts = text.components(separatedBy: "```")
    return stride(from: 1, to: parts.count, by: 2).map { place in
      let lines = parts[place].split(
        separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(lines[0]), String(lines.last ?? ""))
    }
  }

  @Test func `the sample is a sound log`() throws {
    let sample = try #require(try blocks(of: "README.md").first { $0.language == "json" })
    let (verdict, replay) = LogFiles(segments: [Array(sample.text.utf8)]).judge()
    #expect(verdict == .sound && replay.entries.count == 4 && replay.isClosed)
  }

  @Test func `both languages show the same`() throws {
    #expect(
      try blocks(of: "README.md").map(\.text) == blocks(of: "README.zh.md").map(\.text))
  }

  @Test(.enabled("jq is not installed") { ReadmeTests.hasJQ })
  func `jq answers as it is said to`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let blocks = try blocks(of: "README.md")
    try blocks[0].text.write(
      to: folder.appending(path: FileName.ofSegment(1)), atomically: true, encoding: .utf8)
    var asked = 0
    for (command, answer) in zip(blocks, blocks.dropFirst()) where command.text.hasPrefix("jq ") {
      asked += 1
      #expect(answer.language.isEmpty)
      #expect(try Self.run("cd \(folder.path) && \(command.text)") == answer.text)
    }
    #expect(asked == 3)
  }

  private static var hasJQ: Bool { (try? run("jq --version"))?.hasPrefix("jq") ?? false }

  /// What a shell prints when it is told this.
  private static func run(_ command: String) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
  }
}
