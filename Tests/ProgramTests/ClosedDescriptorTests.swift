import Foundation
import RunSupport
import Testing

/// A set of the descriptors 0, 1 and 2 that a program is started without.
struct Closing: CaseIterable, CustomTestStringConvertible {
  let descriptors: [Int32]

  static let allCases = (0..<8).map { set in
    Closing(descriptors: (0...2).filter { set >> $0 & 1 == 1 })
  }

  /// As a shell writes it: `0>&- 2>&-`.
  var redirections: String { descriptors.map { "\($0)>&-" }.joined(separator: " ") }
  var testDescription: String { descriptors.isEmpty ? "all open" : redirections }
}

/// What a program opens must never get the number of a standard descriptor: what is meant for
/// people would be written into it.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10))) struct ClosedDescriptorTests {
  @Test(arguments: ServerProgram.allCases, Closing.allCases)
  func `a server without standard descriptors serves, and its log is whole`(
    program: ServerProgram, closing: Closing
  ) async throws {
    let directory = try ScratchDirectory()
    let asking = try Asking()
    for round in 1...2 {
      let child = try Child(
        program.rawValue, program.arguments(directory), redirections: closing.redirections)
      let port = try await child.port()
      for descriptor in closing.descriptors {
        #expect(child.target(of: descriptor) == "/dev/null")
      }
      if program.isDurable && round > 1 {
        #expect(try await asking.get("a", on: port) == "\(round - 1)")
      }
      #expect(try await asking.put("a", "\(round)", on: port) == .ok)
      // A crash, which must lose nothing, and a graceful stop, which writes a last line.
      let status = await child.end(by: round == 2 ? SIGTERM : SIGKILL)
      let stopped = program.stopsGracefully ? 0 : 128 + SIGTERM
      #expect(status == (round == 2 ? stopped : 128 + SIGKILL))
    }
    if program.isDurable {
      let verify = try Child(
        program.rawValue, ["wal", "verify", directory.path], output: .kept)
      #expect(await verify.end() == 0)
      #expect(verify.keptOutput().contains("sound, "))
    }
  }

  @Test(arguments: Closing.allCases)
  func `a tool without standard descriptors does its work`(closing: Closing) async throws {
    let directory = try ScratchDirectory()
    let asking = try Asking()
    let server = try Child("mini-etcd", ServerProgram.etcd.arguments(directory))
    let port = try await server.port()
    let (address, redirections) = ("127.0.0.1:\(port)", closing.redirections)

    func status(_ program: String, _ arguments: [String]) async throws -> Int32 {
      try await Child(program, arguments, redirections: redirections).end()
    }
    #expect(try await status("mini-etcdctl", ["-endpoints", address, "set", "a", "1"]) == 0)
    #expect(try await status("mini-etcdctl", ["-endpoints", address, "get", "a"]) == 0)
    #expect(try await status("mini-etcdctl", ["-endpoints", address, "get", "b"]) == 3)
    #expect(
      try await status(
        "mini-etcd-bench",
        [
          "-a", "http://\(address)", "-load", "put", "-connections", "1", "-requests", "5",
          "-rounds", "1", "-keys", "5",
        ]) == 0)
    #expect(try await status("raft-sim", ["-seed", "1", "-events", "20"]) == 0)
    #expect(try await status("step-1-basic-store", []) == 0)
    #expect(try await asking.get("a", on: port) == "1")
    #expect(await server.end(by: SIGTERM) == 0)
    for word in ["verify", "dump"] {
      #expect(try await status("step-3-wal-persistence", ["wal", word, directory.path]) == 0)
    }
  }
}
