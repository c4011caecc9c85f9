import Foundation
import Glibc

/// A data directory that takes a while to read.
actor LongLog {
  private var written: Task<ScratchDirectory, any Error>?

  /// A copy of its own for a test.
  func copy() async throws -> ScratchDirectory {
    let task = written ?? Task { try await Self.write() }
    written = task
    let original = try await task.value
    let copy = try ScratchDirectory()
    for name in try FileManager.default.contentsOfDirectory(atPath: original.path) {
      try FileManager.default.copyItem(
        atPath: "\(original.path)/\(name)", toPath: "\(copy.path)/\(name)")
    }
    return copy
  }

  private static func write() async throws -> ScratchDirectory {
    let directory = try ScratchDirectory()
    let asking = try Asking()
    let child = try Child(
      ServerProgram.durable.rawValue, ServerProgram.durable.arguments(directory))
    let port = try await child.port()
    let value = String(repeating: "0123456789", count: 200_000)
    for _ in 0..<4 {
      guard try await asking.put("a", value, on: port) == .ok else { throw NotWritten() }
    }
    await child.end(by: SIGKILL)
    return directory
  }

  private struct NotWritten: Error {}
}
