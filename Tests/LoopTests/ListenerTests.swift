import LoopSupport
import Platform
import RunSupport
import Testing

@testable import Loop

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `Listening` {
  @Test func `on port 0 gets a port from the system`() throws {
    let (descriptor, port) = try Listener.open("127.0.0.1", port: 0)
    defer { Platform.close(descriptor) }
    #expect(port != 0)
  }

  @Test func `on a busy port fails with one line that says so`() throws {
    let (descriptor, port) = try Listener.open("127.0.0.1", port: 0)
    defer { Platform.close(descriptor) }
    let error = #expect(throws: AddressError.self) { try Listener.open("127.0.0.1", port: port) }
    #expect(error?.description == "127.0.0.1:\(port): Address already in use")
  }

  @Test func `on a name nobody knows fails with one line`() throws {
    let error = #expect(throws: AddressError.self) {
      try Listener.open("no such host.invalid", port: 80)
    }
    #expect(error?.description.hasPrefix("no such host.invalid:80: ") == true)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func `on a name that has both families means the older`() async throws {
    try await onLoop { loop in
      let (descriptor, port) = try Listener.open("localhost", port: 0)
      defer { Platform.close(descriptor) }
      let client = try await Socket.connect(to: "127.0.0.1", port: port, within: 5, on: loop)
      client.close()
    }
  }

  @Test func `on every interface fails if another has the port of only one family`() throws {
    let (descriptor, port) = try Listener.open("0.0.0.0", port: 0)
    defer { Platform.close(descriptor) }
    #expect(throws: AddressError.self) { try Listener.open("", port: port) }
  }

  @Test func `on every interface is reached by both families`() async throws {
    try await onLoop { loop in
      let (descriptor, port) = try Listener.open("", port: 0)
      let listener = try loop.adopt(descriptor)
      for host in ["127.0.0.1", "::1"] {
        guard let client = try? await Socket.connect(to: host, port: port, within: 5, on: loop)
        else {
          #expect(host == "::1", "IPv4 must work; IPv6 may be switched off")
          continue
        }
        try await listener.readable()
        Platform.close(try #require(try listener.accept()))
        client.close()
      }
      listener.close()
    }
  }
}
