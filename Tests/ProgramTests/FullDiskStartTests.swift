import Foundation
import HTTP
import RunSupport
import Testing

/// A server that starts on a full disk is as good as one that is running when the disk gets full:
/// it listens and serves what it holds, refuses writes, and takes them again when there is space.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10))) struct FullDiskStartTests {
  private static let durable = ServerProgram.allCases.filter(\.isDurable)

  @Test(arguments: durable)
  func `a server starts on a full disk, serves, and writes when there is space`(
    program: ServerProgram
  ) async throws {
    let directory = try ScratchDirectory()
    let asking = try Asking()
    let first = try Child(program.rawValue, program.arguments(directory))
    var port = try await first.port()
    #expect(try await asking.put("a", "1", on: port) == .ok)
    if program.expires {
      let body = #"{"key":"t","value":"1","ttl":1}"#
      #expect(try await asking.ask(.post, "/put", body, on: port) == .ok)
    }
    let end = ContinuousClock.now + .seconds(1)
    await first.end(by: SIGKILL)
    // Not to be hurried: a process's clock is the machine's.
    if program.expires { try await Task.sleep(until: end) }

    for _ in 0..<2 {
      let full = try Child(program.rawValue, program.arguments(directory), hasFullDisk: true)
      port = try await full.port()
      #expect(try await asking.get("a", on: port) == "1")
      #expect(try await asking.put("b", "2", on: port).status == 503)
      if program == .etcd {
        #expect(try await asking.ask(.get, "/v2/keys/a?quorum=true", on: port).status == 200)
        #expect(try await asking.ask(.get, "/health", on: port).status == 503)
      }
      // A stop is a stop, too.
      #expect(await full.end(by: SIGTERM) == (program.stopsGracefully ? 0 : 128 + SIGTERM))
    }

    let second = try Child(program.rawValue, program.arguments(directory), hasFullDisk: true)
    port = try await second.port()
    #expect(try await asking.get("a", on: port) == "1")
    try second.makeRoom()
    while try await asking.put("b", "2", on: port) != .ok {
      try await Task.sleep(for: .milliseconds(10))
    }
    while program.expires, try await asking.get("t", on: port) != nil {
      try await Task.sleep(for: .milliseconds(10))
    }
    await second.end(by: SIGKILL)
    let third = try Child(program.rawValue, program.arguments(directory))
    port = try await third.port()
    #expect(try await asking.get("a", on: port) == "1")
    #expect(try await asking.get("b", on: port) == "2")
    await third.end(by: SIGKILL)
  }

  @Test func `a member starts on a full disk, and catches up when there is space`() async throws {
    let asking = try Asking()
    let cluster = try await ThreeMembers(asking)
    _ = try await cluster.leader()
    let third = cluster.members[2]
    while try await cluster.put("a", "1", at: third) != .ok {}
    await third.child.end(by: SIGKILL)
    while try await cluster.put("b", "2", at: cluster.members[0]) != .ok {}
    try await cluster.restart(third, log: LogPipe(), hasFullDisk: true)
    let again = cluster.members[2]
    // What it cannot write it does not have, and what it does not have it does not serve.
    while try await asking.ask(.get, "/health", on: third.port).text.contains("full") == false {
      try await Task.sleep(for: .milliseconds(10))
    }
    while try await cluster.put("c", "3", at: cluster.members[0]) != .ok {}
    try again.child.makeRoom()
    while try await cluster.put("d", "4", at: again) != .ok {
      try await Task.sleep(for: .milliseconds(10))
    }
    for (key, value) in [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")] {
      #expect(try await cluster.get(key, at: again) == value)
    }
    for member in cluster.members { await member.child.end(by: SIGKILL) }
  }

  @Test(arguments: durable)
  func `a server whose port is taken leaves no directory behind`(
    program: ServerProgram
  ) async throws {
    let other = try Child(ServerProgram.inMemory.rawValue, ["-listen", "127.0.0.1:0"])
    let port = try await other.port()
    let scratch = try ScratchDirectory()
    let data = "\(scratch.path)/data"
    let child = try Child(
      program.rawValue, ["-listen", "127.0.0.1:\(port)", "-data-dir", data], diagnostics: .kept)
    #expect(await child.end() == 1)
    #expect(child.keptDiagnostics().contains("127.0.0.1:\(port): Address already in use"))
    #expect(!FileManager.default.fileExists(atPath: data))
    await other.end(by: SIGKILL)
  }
}
