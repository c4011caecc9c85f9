import Foundation

/// A data directory that takes a while to read. Nothing in it is changed until all of it has been
/// read.
struct LongLog {
  let directory: ScratchDirectory

  init() async throws {
    directory = try ScratchDirectory()
    let asking = try Asking()
    let program = ServerProgram.durable
    let child = try Child(program.rawValue, program.arguments(directory))
    let port = try await child.port()
    let value = String(repeating: "0123456789", count: 200_000)
    for _ in 0..<8 {
      guard try await asking.put("a", value, on: port) == .ok else { throw NotWritten() }
    }
    await child.end(by: SIGKILL)
  }

  private struct NotWritten: Error {}
}
