internal import Bytes
internal import HTTP
internal import JSON
internal import Options

// Commands about the servers.

extension Subcommand {
  static let clusterCommands = [
    Subcommand("members", "", takes: 0...0, "Prints the members of the cluster.") {
      (_, conversation) async throws(CommandFailure) in
      for member in try await members(conversation) { conversation.say(member.description) }
    },
    Subcommand("health", "", takes: 0...0, "Prints how the members of the cluster are.") {
      (_, conversation) async throws(CommandFailure) in
      try await printHealth(conversation)
    },
    Subcommand(
      "stats", "[self|leader|store]", takes: 0...1,
      "Prints what a server counts, or what its part of the cluster or its store has done."
    ) { (arguments, conversation) async throws(CommandFailure) in
      guard let part = arguments.operands.first else {
        return print(try await conversation.ask(path: "/stats"), conversation)
      }
      guard ["self", "leader", "store"].contains(part) else {
        throw .usage("usage: mini-etcdctl stats [self|leader|store]")
      }
      // Only the leader knows how the others keep up.
      let asked = part == "leader" ? try await leader(conversation) : conversation
      print(try await asked.ask(path: "/v2/stats/\(part)"), conversation)
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

    /// Where clients reach it.
    var endpoints: [Endpoint] { clientURLs.compactMap { try? Endpoint(flagText: $0) } }

    var description: String {
      let (clients, peers) = (
        clientURLs.joined(separator: ","), peerURLs.joined(separator: ",")
      )
      return "\(id): name=\(name) peerURLs=\(peers) clientURLs=\(clients)"
    }
  }

  /// Prints a line for each member of an object.
  private static func print(_ statistics: JSONValue, _ conversation: Conversation) {
    for (name, value) in statistics.members {
      conversation.say("\(name.string ?? ""): \(String(decoding: value.text, as: UTF8.self))")
    }
  }

  /// The same conversation with the cluster's leader.
  private static func leader(_ conversation: Conversation) async throws(CommandFailure)
    -> Conversation
  {
    let leader = Member(try await conversation.quiet.ask(path: "/v2/members/leader"))
    return leader.endpoints.isEmpty ? conversation : conversation.asking(leader.endpoints)
  }

  private static func members(_ conversation: Conversation) async throws(CommandFailure) -> [Member]
  {
    try await conversation.ask(path: "/v2/members")["members"]?.elements.map(Member.init) ?? []
  }

  /// Asks each member at its own addresses, as a client of it would.
  private static func printHealth(_ conversation: Conversation) async throws(CommandFailure) {
    var ill = 0
    let all = try await members(conversation)
    for member in all {
      let problem = await problem(of: member, conversation)
      if problem != nil { ill += 1 }
      conversation.say("\(member.name): \(problem ?? "healthy")")
    }
    if ill > 0 { throw .unhealthy("\(ill) of \(all.count) members are not healthy") }
  }

  private static func problem(of member: Member, _ conversation: Conversation) async -> String? {
    if member.endpoints.isEmpty { return "it has announced no address for clients" }
    do throws(CommandFailure) {
      _ = try await conversation.asking(member.endpoints).ask(path: "/health")
      return nil
    } catch {
      return "\(error)"
    }
  }
}
