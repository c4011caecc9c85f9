import Foundation
import RunSupport
import Testing

/// A log line that cannot be written is lost; nothing else is.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10))) struct LogReaderTests {
  @Test(arguments: ServerProgram.allCases, LogPipe.Reader.allCases)
  func `a server whose log has no reader serves and stops as ever`(
    program: ServerProgram, reader: LogPipe.Reader
  ) async throws {
    let directory = try ScratchDirectory()
    let asking = try Asking()
    for round in 1...2 {
      let pipe = LogPipe(reader)
      let child = try Child(
        program.rawValue, program.arguments(directory), output: .pipe(pipe),
        diagnostics: .pipe(pipe))
      let port = try await child.port()
      if program.isDurable && round > 1 {
        #expect(try await asking.get("a", on: port) == "\(round - 1)")
      }
      #expect(try await asking.put("a", "\(round)", on: port) == .ok)
      #expect(
        await child.end(by: SIGTERM) == (program.stopsGracefully ? 0 : 128 + SIGTERM))
    }
  }

  @Test(arguments: ServerProgram.allCases, LogPipe.Reader.allCases)
  func `a server that cannot start ends, whether or not it can say why`(
    program: ServerProgram, reader: LogPipe.Reader
  ) async throws {
    let pipe = LogPipe(reader)
    let unknown = try Child(
      program.rawValue, ["-bogus"], output: .pipe(pipe), diagnostics: .pipe(pipe))
    #expect(await unknown.end() == 2)
    let elsewhere = try Child(
      program.rawValue, ["-listen", "192.0.2.1:1"], output: .pipe(pipe), diagnostics: .pipe(pipe))
    #expect(await elsewhere.end() == 1)
  }

  @Test(arguments: LogPipe.Reader.allCases)
  func `when a leader dies, members whose logs have no readers elect another and serve`(
    reader: LogPipe.Reader
  ) async throws {
    let asking = try Asking()
    let cluster = try await ThreeMembers(asking)
    for value in 1...2 {
      let leader = try await cluster.leader()
      for member in cluster.members { member.log.happens(reader) }
      while try await cluster.put("a", "\(value)", at: leader) != .ok {}
      await leader.child.end(by: SIGKILL)
      let others = cluster.members.filter { $0.name != leader.name }
      let next = try await cluster.leader(among: others)
      #expect(next.name != leader.name)
      for member in others {
        while try await cluster.put("b", "\(value)", at: member) != .ok {}
        #expect(try await cluster.get("a", at: member) == "\(value)")
      }
      try await cluster.restart(leader, log: LogPipe(reader))
    }
    for member in cluster.members {
      #expect(await member.child.end(by: SIGTERM) == 0)
    }
  }
}
