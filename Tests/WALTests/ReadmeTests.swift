import DiskSimulation
import Foundation
import RunSupport
import Store
import Testing

@testable import WAL

/// What wal-data/README.md shows is so.
@Suite(.inTurn, .timeLimit(.minutes(10))) struct ReadmeTests {
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
    let sample = try #require(try blocks(of: "README.md").first { $0.language == "text" })
    let (verdict, replay) = LogFiles(segments: [Array(sample.text.utf8)]).judge()
    #expect(verdict == .sound && replay.entries.count == 4 && replay.isClosed)
  }

  @Test func `the sample of a snapshot is one`() throws {
    for page in ["README.md", "README.zh.md"] {
      let samples = try blocks(of: page).filter { $0.language == "text" }
      let disk = MemoryDisk()
      disk[FileName.ofSnapshot(LogIndex(100_000))] = Array(try #require(samples.last).text.utf8)
      var loader = StateLoader()
      let read = try SnapshotReader.read(disk, LogIndex(100_000), expecting: nil) {
        line throws(JournalError) in try loader.load(line)
      }
      #expect(read.lines == 4)
      let store = KeyValueStore()
      loader.finish().restore(store, applied: LogIndex(100_000))
      let keys = store.snapshot().entries.map(\.path.description)
      #expect(keys == ["/lang", "/lang/swift", "/session"])
    }
  }
}
