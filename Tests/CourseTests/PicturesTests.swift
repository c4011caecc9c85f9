import Foundation
import RunSupport
import Testing

/// Pictures in the chapters are made by the commands beside them.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct PicturesTests {
  private struct Drawing {
    let page: String
    let line: Int
    /// The arguments of raft-sim, as a shell reads them.
    let arguments: String
    let name: String
  }

  /// The commands of the pages that draw.
  private static func drawings() throws -> [Drawing] {
    try Repository.englishPages.flatMap { path in
      try Repository.text(of: path).components(separatedBy: "\n").enumerated()
        .compactMap { number, line in
          guard let match = line.firstMatch(of: /raft-sim (.* -picture ([a-z0-9-]+\.svg).*)/) else {
            return nil
          }
          return Drawing(
            page: path, line: number + 1, arguments: "\(match.1)", name: "\(match.2)")
        }
    }
  }

  @Test func `each picture is what its command draws, and is on the page`() throws {
    let drawings = try Self.drawings()
    let program = builtPrograms.appending(path: "raft-sim").path()
    let scratch = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    for drawing in drawings {
      let place = "\(drawing.page):\(drawing.line)"
      let shell = try Process.run(
        URL(filePath: "/bin/sh"),
        arguments: ["-c", "cd '\(scratch.path())' && exec '\(program)' \(drawing.arguments)"])
      shell.waitUntilExit()
      #expect(shell.terminationStatus == 0, "\(place)")
      let folder = drawing.page.split(separator: "/").dropLast().joined(separator: "/")
      let drawn = try String(contentsOf: scratch.appending(path: drawing.name), encoding: .utf8)
      let kept = try Repository.text(of: "\(folder)/pictures/\(drawing.name)")
      #expect(drawn == kept, "\(place) draws another picture than pictures/\(drawing.name)")
      let page = try Repository.text(of: drawing.page)
      #expect(page.contains("](pictures/\(drawing.name))"), "\(place)")
    }
    let kept = Repository.files.filter { $0.hasPrefix("steps/") && $0.hasSuffix(".svg") }
    #expect(
      Set(kept.compactMap { $0.split(separator: "/").last.map(String.init) })
        == Set(drawings.map(\.name)))
    #expect(drawings.count >= 3)
  }
}
