import Foundation
import RunSupport
import Testing

/// A server that may open only so many files.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10))) struct FewDescriptorsTests {
  @Test(arguments: ServerProgram.allCases, 8...20)
  func `a server with too few descriptors says so, and touches nothing`(
    program: ServerProgram, descriptors: Int
  ) async throws {
    let directory = try ScratchDirectory()
    let path = builtPrograms.appending(path: program.rawValue).path()
    let child = try Child(
      "/bin/sh",
      ["-c", "ulimit -n \(descriptors); exec \"$0\" \"$@\"", path] + program.arguments(directory),
      diagnostics: .kept)
    let status = await child.end(by: SIGTERM) { $0.listeningPort != nil }
    #expect(status == 1)
    #expect(child.keptDiagnostics().contains("see ulimit -n"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
  }
}
