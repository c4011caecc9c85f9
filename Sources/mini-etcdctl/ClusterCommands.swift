internal import HTTP
internal import JSON
internal import Options

// Commands about the servers.

extension Command {
  static let clusterCommands = [
    Command("members", "", takes: 0...0, "Prints the members of the cluster.") {
      (_, conversation) async throws(Failure) in
      for member in try await members(conversation) { conversation.say(member.description) }
    },
    Command("health", "", takes: 0...0, "Prints how the members of the cluster are.") {
      (_, conversation) async throws(Failure) in
      try await printHealth(conversation)
    },
    Command(
      "stats", "[self|leader|store]", takes: 0...1,
      "Prints what a server counts, or what its part of the cluster or its store has done."
    ) { (arguments, conversation) async throws(Failure) in
      var path = "/stats"
      if let part = arguments.operands.first {
        guard ["self", "leader", "store"].contains(part) else {
          throw .usage("usage: mini-etcdctl stats [self|leader|store]")
        }
        path = "/v2/stats/\(part)"
      }
      let statistics = try await conversation.ask(path: path)
      for (name, value) in statistics.members {
        conversation.say("\(name.string ?? ""): \(String(decoding: value.text, as: UTF8.self))")
      }
    },
  ]

  private struct Member: CustomStringConvertible {
    let id: String
    let name: String
    let clientURLs: [String]
    let peerURLs: [String]

    init(_ value: JSONValue) {
      id = value["id"]?.string ?? ""
      name = value["name"]?.string ?? ""
      clientURLs = value["clientURLs"]?.elements.compactMap(\.string) ?? []
      peerURLs = value["peerURLs"]?.elements.compactMap(\.string) ?? []
    }

    var description: String {
      let (clients, peers) = (
        clientURLs.joined(separator: ","), peerURLs.joined(separator: ",")
      )
      return "\(id): name=\(name) peerURLs=\(peers) clientURLs=\(clients)"
    }
  }

  private static func members(_ conversation: Conversation) async throws(Failure) -> [Member] {
    try await conversation.ask(path: "/v2/members")["members"]?.elements.map(Member.init) ?? []
  }

  /// Asks each member at its own addresses, as a client of it would.
  private static func printHealth(_ conversation: Conversation) async throws(Failure) {
    var ill = 0
    let all = try await members(conversation)
    for member in all {
      let ailment = await ailment(of: member, conversation)
      if ailment != nil { ill += 1 }
      conversation.say("\(member.name): \(ailment ?? "healthy")")
    }
    if ill > 0 { throw .unhealthy("\(ill) of \(all.count) members are not healthy") }
  }

  private static func ailment(of member: Member, _ conversation: Conversation) async -> String? {
    let endpoints = member.clientURLs.compactMap { try? Endpoint(flagText: $0) }
    guard !endpoints.isEmpty else { return "it has told nobody where clients reach it" }
    do throws(Failure) {
      _ = try await conversation.asking(endpoints).ask(path: "/health")
      return nil
    } catch {
      return "\(error)"
    }
  }
}
