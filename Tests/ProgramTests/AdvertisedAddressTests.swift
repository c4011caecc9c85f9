import Foundation
import HTTP
import JSON
import Platform
import RunSupport
import Testing

/// What a node says of where it is reached.
@Suite(.serialized, .inTurn, .timeLimit(.minutes(10))) struct AdvertisedAddressTests {
  private let asking: Asking

  init() throws { asking = try Asking() }

  /// Waits until the only member has these URLs.
  private func wait(for urls: String, of kind: StaticString, on port: UInt16) async throws {
    while true {
      let answer = try await asking.ask(.get, "/v2/members", on: port)
      var listed: [String] = []
      let members = try JSONDocument(Array(answer.text.utf8)).root["members"]
      for member in try #require(members).elements {
        listed += member[kind]?.elements.compactMap(\.string) ?? []
      }
      if listed.joined(separator: ",") == urls { return }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  @Test func `a node tells the port that the system has chosen`() async throws {
    let directory = try ScratchDirectory()
    for _ in 0..<2 {
      let child = try Child("mini-etcd", ServerProgram.etcd.arguments(directory))
      let port = try await child.port()
      for kind in ["peerURLs", "clientURLs"] as [StaticString] {
        try await wait(for: "http://127.0.0.1:\(port)", of: kind, on: port)
      }
      let machines = try await asking.ask(.get, "/v2/machines", on: port)
      #expect(machines.text == "http://127.0.0.1:\(port)")
      await child.end(by: SIGKILL)
    }
  }

  @Test func `a node that joins tells the port that the system has chosen`() async throws {
    let cluster = try await ThreeMembers(asking)
    _ = try await cluster.leader()
    let directory = try ScratchDirectory()
    let addresses = cluster.members.map { "\($0.name)=127.0.0.1:\($0.port)" }
    let child = try Child(
      "mini-etcd",
      [
        "-id", "n4", "-join", "-peers", cluster.members.map(\.name).joined(separator: ","),
        "-peer-addrs", addresses.joined(separator: ","), "-listen", "127.0.0.1:0",
        "-data-dir", directory.path,
      ])
    let port = try await child.port()
    let answer = try await asking.ask(.get, "/v2/members", on: cluster.members[0].port)
    #expect(answer.text.contains(#""name":"n4","peerURLs":["http://127.0.0.1:\#(port)"]"#))
    while try await asking.ask(.get, "/get?key=x", on: port).status != 200 {}
    await child.end(by: SIGKILL)
    for member in cluster.members { await member.child.end(by: SIGKILL) }
  }

  @Test func `a node tells clients the addresses it was told to, for as long as it is`()
    async throws
  {
    let directory = try ScratchDirectory()
    let urls = "https://store.example:443,http://[2001:db8::1]:80"
    let arguments = ServerProgram.etcd.arguments(directory)
    var child = try Child("mini-etcd", arguments + ["-advertise-client-urls", urls])
    var port = try await child.port()
    try await wait(for: urls, of: "clientURLs", on: port)
    try await wait(for: "http://127.0.0.1:\(port)", of: "peerURLs", on: port)
    let machines = try await asking.ask(.get, "/v2/machines", on: port)
    #expect(machines.text == "http://[2001:db8::1]:80, https://store.example:443")
    await child.end(by: SIGKILL)
    child = try Child("mini-etcd", arguments)
    port = try await child.port()
    try await wait(for: "http://127.0.0.1:\(port)", of: "clientURLs", on: port)
    await child.end(by: SIGKILL)
  }

  @Test func `a page that a proxy serves under an advertised name may write`() async throws {
    let directory = try ScratchDirectory()
    let child = try Child(
      "mini-etcd",
      ServerProgram.etcd.arguments(directory) + [
        "-advertise-client-urls", "https://store.example:443",
      ])
    let port = try await child.port()
    #expect(try put(as: "store.example", on: port) == "HTTP/1.1 200 OK")
    #expect(try put(as: "evil.example", on: port) == "HTTP/1.1 403 Forbidden")
    await child.end(by: SIGKILL)
  }

  /// What a browser sends through a proxy that passes the Host on.
  /// - Returns: the answer's first line.
  private func put(as host: String, on port: UInt16) throws -> String {
    let body = #"{"key":"a","value":"1"}"#
    let request = """
      POST /put HTTP/1.1\r\nHost: \(host)\r\nOrigin: https://\(host)\r\nConnection: close\r\n\
      Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)
      """
    let descriptor = socket(AF_INET, streamSocket, 0)
    defer { Platform.close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0)
    let file = FileHandle(fileDescriptor: descriptor)
    try file.write(contentsOf: Data(request.utf8))
    let answer = try file.readToEnd() ?? Data()
    return String(decoding: answer.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
  }

  /// Whether these flags make a node warn.
  @Test(arguments: [
    ("-listen 127.0.0.1:PORT", false), ("-listen :PORT", true), ("-listen 0.0.0.0:PORT", true),
    ("-listen :PORT -advertise-client-urls http://127.0.0.1:1", true),
    ("-listen :PORT -advertise-client-urls http://10.0.0.1:1", false),
    ("-listen :PORT -peer-addrs node1=10.0.0.1:1", false),
    ("-listen 127.0.0.1:PORT -peers b -peer-addrs b=192.0.2.1:1", true),
    ("-listen 127.0.0.1:PORT -peers b -peer-addrs b=127.0.0.2:1", false),
  ])
  func `a node warns when clients elsewhere are told a loopback address`(
    flags: String, warns: Bool
  ) async throws {
    let directory = try ScratchDirectory()
    let port = freePorts(1)[0]
    let words = flags.replacing("PORT", with: "\(port)").split(separator: " ").map(String.init)
    let child = try Child(
      "mini-etcd", words + ["-data-dir", directory.path], diagnostics: .kept)
    while (try? await asking.ask(.get, "/health", on: port)) == nil {
      try await Task.sleep(for: .milliseconds(5))
    }
    await child.end(by: SIGTERM)
    #expect(child.keptDiagnostics().contains(" warn event=unreachable_url ") == warns)
  }
}
