import Foundation
import Glibc

/// A data directory that takes a while to read.
struct LongLog {
  private let original: ScratchDirectory

  init() async throws {
    original = try ScratchDirectory()
    let asking = try Asking()
    let program = ServerProgram.durable
    let child = try Child(program.rawValue, program.arguments(original))
    let port = try await child.port()
    let value = String(repeating: "0123456789", count: 200_000)
    for _ in 0..<4 {
      guard try await asking.put("a", value, on: port) == .ok else { throw NotWritten() }
    }
    await child.end(by: SIGKILL)
  }

  private struct NotWritten: Error {}

  func copy() throws -> ScratchDirectory {
    let copy = try ScratchDirectory()
    for name in try FileManager.default.contentsOfDirectory(atPath: original.path) {
      try FileManager.default.copyItem(
        atPath: "\(original.path)/\(name)", toPath: "\(copy.path)/\(name)")
    }
    return copy
  }
}
