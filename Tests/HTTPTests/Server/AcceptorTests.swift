import Foundation
import Loop
import LoopSupport
import Platform
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `An acceptor` {
  @Test func `that stops leaves its port to the next one at once`() async throws {
    try await onLoop { loop in
      let (first, port) = try Listener.open("127.0.0.1", port: 0)
      // As a process holds it that is just being started.
      let copy = dup(first)
      defer { Platform.close(copy) }
      let acceptor = Acceptor(first, loop: loop)
      let client = try await RawConnection.connect(to: port, on: loop)
      let accepted = try #require(try await acceptor.next { Issue.record($0) })
      // Closed by the server first: this end's port stays in TIME_WAIT.
      Platform.close(accepted)
      #expect(try await client.receiveAll().isEmpty)
      client.close()
      acceptor.stop()
      let (second, _) = try Listener.open("127.0.0.1", port: port)
      Platform.close(second)
    }
  }
}
