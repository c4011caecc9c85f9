import Foundation
import Glibc
import Testing

@testable import HTTP

@Suite(.timeLimit(.minutes(5)))
struct `A host that vanishes` {
  private static func option(_ level: Int32, _ option: Int32, of socket: Socket) -> Int32 {
    var value: Int32 = -1
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(socket.descriptor, level, option, &value, &length)
    return value
  }

  private static func options(of socket: Socket) -> [Int32] {
    [option(SOL_SOCKET, SO_KEEPALIVE, of: socket)]
      + [TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT].map {
        option(Platform.tcp, $0, of: socket)
      }
  }

  @Test func `is looked for on every connection, accepted or made`() async throws {
    try await onLoop { loop in
      var times = KeepAlive()
      (times.idle, times.interval, times.count) = (7, 3, 2)
      let (descriptor, port) = try Listener.open("127.0.0.1", port: 0, keepAlive: times)
      let listener = try loop.adopt(descriptor)
      let client = try await Socket.connect(to: "127.0.0.1", port: port, within: 30, on: loop)
      var accepted: Int32?
      while accepted == nil {
        try await listener.readable()
        accepted = try listener.accept()
      }
      let server = try loop.adopt(try #require(accepted))
      #expect(Self.options(of: server) == [1, 7, 3, 2, 13_000])
      #expect(Self.options(of: client) == [1, 30, 10, 3, 60_000])
      for socket in [listener, client, server] { socket.close() }
    }
  }

  /// Runs a command and waits for its end; false if it failed or is not there.
  private static func run(_ command: String) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// A network of its own for a client; false where that is not permitted.
  private static let network = "mini-etcd-\(getpid())"
  private static let mayMakeNetworks = run("ip netns add \(network) && ip netns del \(network)")

  @Test(.enabled(if: mayMakeNetworks), .serialized, arguments: [false, true])
  func `takes its waiting clients along after the keepalive time`(hasPending: Bool) async throws {
    // What is deleted goes away in its own time: each case has names of its own.
    let number = hasPending ? 1 : 0
    let (net, end) = ("\(Self.network)-\(number)", "v\(getpid() % 1_000_000)\(number)")
    let base = "10.213.\(Int(getpid()) % 125 * 2 + number)"
    defer { _ = Self.run("ip netns del \(net)") }
    try #require(
      Self.run(
        """
        ip netns add \(net) && ip link add \(end)a type veth peer name \(end)b netns \(net) &&
        ip addr add \(base).1/30 dev \(end)a && ip link set \(end)a up &&
        ip -n \(net) addr add \(base).2/30 dev \(end)b && ip -n \(net) link set \(end)b up
        """))
    let (gate, begun) = (Gate(), Gate())
    let waiting = Answering { request, response in
      request.cancelWhenClientLeaves()
      let stream = try await response.stream()
      try await stream.write(Array("begun".utf8))
      await begun.wait()
      if hasPending { try await stream.write(Array("more".utf8)) }
      await gate.wait()
    }
    var timeouts = Timeouts()
    (timeouts.keepAlive.idle, timeouts.keepAlive.interval, timeouts.keepAlive.count) = (1, 1, 2)
    let handler = waiting
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    let server = try Server(
      host: "\(base).1", port: 0, loops: [loop], timeouts: timeouts, handler: handler)
    async let life: Void = server.run()
    let client = Process()
    client.executableURL = URL(fileURLWithPath: "/bin/sh")
    let script = """
      exec ip netns exec \(net) bash -c 'exec 3<>/dev/tcp/\(base).1/\(server.port); \
        printf "GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" >&3; exec cat <&3'
      """
    client.arguments = ["-c", script]
    (client.standardOutput, client.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try client.run()
    await until { begun.waiting == 1 }
    #expect(Self.run("ip -n \(net) link set \(end)b down"))
    begun.open()
    await until { server.counts.connections == 0 }
    kill(client.processIdentifier, SIGKILL)
    client.waitUntilExit()
    await server.cancel()
    await life
  }
}
