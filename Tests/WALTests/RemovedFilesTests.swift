#if os(Linux)
  import Foundation
  import RunSupport
  import Testing

  @testable import WAL

  /// Files that a disk removes, and what the process keeps of them.
  @Suite(.inTurn, .timeLimit(.minutes(10))) struct RemovedFilesTests {
    /// The removed files beneath `path` that this process still has open.
    private func heldFiles(of path: String) throws -> Int {
      let links = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
      return links.count { number in
        let target = try? FileManager.default.destinationOfSymbolicLink(
          atPath: "/proc/self/fd/\(number)")
        return target.map { $0.hasPrefix(path) && $0.hasSuffix(" (deleted)") } ?? false
      }
    }

    @Test func `many that go at once are gone when that returns, and all are given back`() throws {
      let path = FileManager.default.temporaryDirectory.appending(
        path: "mini-etcd-removed-\(UUID())"
      ).path
      defer { try? FileManager.default.removeItem(atPath: path) }
      let disk = PosixDisk(path: path)
      try disk.makeDirectory()
      try disk.lock()
      // One that is still in use is seen.
      let kept = try disk.create("kept")
      try disk.remove("kept")
      #expect(try heldFiles(of: path) >= 1)
      while try heldFiles(of: path) > 1 { Thread.sleep(forTimeInterval: 0.001) }
      // Some come while others are given back, and some after all others were.
      for round in 0..<20 {
        let names = (0..<9).map { "file-\(round)-\($0)" }
        for name in names { _ = try disk.create(name) }
        for name in names { try disk.remove(name) }
        #expect(try disk.list().allSatisfy { !names.contains($0) })
        if round.isMultiple(of: 3) {
          while try heldFiles(of: path) > 1 { Thread.sleep(forTimeInterval: 0.001) }
        }
      }
      while try heldFiles(of: path) > 1 { Thread.sleep(forTimeInterval: 0.001) }
      #expect(try heldFiles(of: path) == 1)
      withExtendedLifetime(kept) {}
    }
  }
#endif
