import Foundation
import Loop
import LoopSupport
import RunSupport
import Testing

@testable import HTTP

@Suite(.inTurn, .timeLimit(.minutes(10)))
struct `A host that vanishes` {
  private static func option(_ level: Int32, _ option: Int32, of socket: Socket) -> Int32 {
    var value: Int32 = -1
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(socket.descriptor, level, option, &value, &length)
    return value
  }

  private static func options(of socket: Socket) -> [Int32] {
    [option(SOL_SOCKET, SO_KEEPALIVE, of: socket)]
      + times.map { option(Int32(IPPROTO_TCP), $0, of: socket) }
  }

  #if os(Linux)
    private static let times = [TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT]
    private static let unitsPerSecond: Int32 = 1000
  #else
    private static let times = [TCP_KEEPALIVE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_RXT_CONNDROPTIME]
    private static let unitsPerSecond: Int32 = 1
  #endif

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
      #expect(Self.options(of: server) == [1, 7, 3, 2, 13 * Self.unitsPerSecond])
      #expect(Self.options(of: client) == [1, 30, 10, 3, 60 * Self.unitsPerSecond])
      for socket in [listener, client, server] { socket.close() }
    }
  }

  /// Runs a command and waits for its end; false if it failed or is not there.
  private static func run(_ command: String) -> Bool {
    (try? RunSupport.run("/bin/sh", ["-c", command]))?.status == 0
  }

  /// A network of its own for a client; false where that is not permitted.
  private static let network = "mini-etcd-\(getpid())"
  private static let mayMakeNetworks = run("ip netns add \(network) && ip netns del \(network)")

  @Test(.enabled(if: mayMakeNetworks))
  func `takes its waiting clients along after the keepalive time`() async throws {
    let (net, end) = (Self.network, "v\(getpid() % 1_000_000)")
    let base = "10.213.\(Int(getpid()) % 250)"
    defer { _ = Self.run("ip netns del \(net)") }
    // The kernel opens a link some time after it was told to, and drops what is sent meanwhile. A
    // client that connects too early may wait a minute for its next attempt.
    try #require(
      Self.run(
        """
        ip netns add \(net) && ip link add \(end)a type veth peer name \(end)b netns \(net) &&
        ip addr add \(base).1/30 dev \(end)a && ip link set \(end)a up &&
        ip -n \(net) addr add \(base).2/30 dev \(end)b && ip -n \(net) link set \(end)b up &&
        until ip link show \(end)a | grep -q 'state UP' &&
          ip -n \(net) link show \(end)b | grep -q 'state UP'; do sleep 0.01; done
        """))
    let (gate, begun, ended) = (Gate(), Gate(), Log())
    let waiting = Answering { request, response in
      request.cancelWhenClientLeaves()
      let path = String(decoding: request.path, as: UTF8.self)
      let stream = try await response.stream()
      try await stream.write(Array("begun".utf8))
      await begun.wait()
      // To one of them something is on its way when its host vanishes, to the other nothing.
      if path == "/pending" { try await stream.write(Array("more".utf8)) }
      await gate.wait()
      ended.note(path)
    }
    var timeouts = Timeouts()
    (timeouts.keepAlive.idle, timeouts.keepAlive.interval, timeouts.keepAlive.count) = (1, 1, 2)
    let loop = try EventLoop.start()
    defer { loop.shutDown() }
    let server = try Server(
      host: "\(base).1", port: 0, loops: [loop], timeouts: timeouts, handler: waiting)
    async let life: Void = server.run()
    let clients = try ["/pending", "/silent"].map { path in
      let client = Process()
      client.executableURL = URL(fileURLWithPath: "/bin/sh")
      let script = """
        exec ip netns exec \(net) bash -c 'exec 3<>/dev/tcp/\(base).1/\(server.port); \
          printf "GET \(path) HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" >&3; exec cat <&3'
        """
      client.arguments = ["-c", script]
      client.standardOutput = FileHandle.nullDevice
      client.standardError = FileHandle.nullDevice
      try client.run()
      return client
    }
    await until { begun.waiting == 2 }
    #expect(Self.run("ip -n \(net) link set \(end)b down"))
    begun.open()
    await until { server.counts.connections == 0 }
    #expect(ended.lines.sorted() == ["/pending", "/silent"])
    for client in clients {
      kill(client.processIdentifier, SIGKILL)
      client.waitUntilExit()
    }
    await server.cancel()
    await life
  }
}
