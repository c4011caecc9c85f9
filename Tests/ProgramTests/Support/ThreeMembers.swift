import Foundation
import HTTP
import JSON
import Platform

/// A cluster of three, each with a pipe for its log.
final class ThreeMembers {
  struct Member {
    let name: String
    let port: UInt16
    let directory: ScratchDirectory
    var child: Child
    var log: LogPipe
  }

  private(set) var members: [Member] = []
  private let asking: Asking

  init(_ asking: Asking) async throws {
    self.asking = asking
    let ports = freePorts(3)
    for (place, port) in ports.enumerated() {
      let (name, log, directory) = ("n\(place + 1)", LogPipe(), try ScratchDirectory())
      let child = try Self.start(name, ports, directory, log)
      members.append(
        Member(name: name, port: port, directory: directory, child: child, log: log))
    }
    for member in members { _ = try await member.child.port() }
  }

  private static func start(
    _ name: String, _ ports: [UInt16], _ directory: ScratchDirectory, _ log: LogPipe,
    hasFullDisk: Bool = false
  ) throws -> Child {
    try Child(
      "mini-etcd", arguments(name, ports, directory), hasFullDisk: hasFullDisk,
      output: .pipe(log), diagnostics: .pipe(log))
  }

  /// What a member is started with.
  func arguments(of member: Member) -> [String] {
    Self.arguments(member.name, members.map(\.port), member.directory)
  }

  private static func arguments(
    _ name: String, _ ports: [UInt16], _ directory: ScratchDirectory
  ) -> [String] {
    let names = (1...ports.count).map { "n\($0)" }
    let addresses = zip(names, ports).map { "\($0)=127.0.0.1:\($1)" }
    let own = zip(names, ports).first { $0.0 == name }?.1 ?? 0
    return [
      "-id", name, "-peers", names.filter { $0 != name }.joined(separator: ","),
      "-peer-addrs", addresses.joined(separator: ","), "-listen", "127.0.0.1:\(own)",
      "-data-dir", directory.path,
    ]
  }

  /// Starts a member again that has ended, and waits until it listens.
  func restart(_ member: Member, log: LogPipe, hasFullDisk: Bool = false) async throws {
    guard let place = members.firstIndex(where: { $0.name == member.name }) else { return }
    members[place].log = log
    members[place].child = try Self.start(
      member.name, members.map(\.port), member.directory, log, hasFullDisk: hasFullDisk)
    _ = try await members[place].child.port()
  }

  /// Waits until the members agree on a leader among them.
  func leader() async throws -> Member { try await leader(among: members) }

  func leader(among some: [Member]) async throws -> Member {
    while true {
      var named: Set<String> = []
      for member in some {
        guard
          let answer = try? await asking.ask(.get, "/v2/members/leader", on: member.port),
          answer.status == 200,
          let name = try? JSONDocument(Array(answer.text.utf8)).root["name"]?.string
        else {
          named.insert("")
          continue
        }
        named.insert(name)
      }
      if named.count == 1, let leader = some.first(where: { named.contains($0.name) }) {
        return leader
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  func put(_ key: String, _ value: String, at member: Member) async throws -> Asking.Answer {
    try await asking.put(key, value, on: member.port)
  }

  func get(_ key: String, at member: Member) async throws -> String? {
    try await asking.get(key, on: member.port)
  }
}

/// Ports that were free just now, for programs that have to know each other's before they start.
func freePorts(_ count: Int) -> [UInt16] {
  let sockets = (0..<count).map { _ in socket(AF_INET, streamSocket, 0) }
  defer { for socket in sockets { Platform.close(socket) } }
  return sockets.map { socket in
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ = bind(socket, pointer, length)
        _ = getsockname(socket, pointer, &length)
      }
    }
    return UInt16(bigEndian: address.sin_port)
  }
}
