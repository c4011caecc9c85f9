internal import Bytes
internal import HTTP
internal import JSON

// Who takes part: `member add URL...`, `member remove ID`, `member update ID URL...`.

extension Subcommand {
  private static let memberUsage =
    "usage: mini-etcdctl member add URL... | remove ID | update ID URL..."

  static let membership = Subcommand(
    "member", "add URL... | remove ID | update ID URL...", takes: 2...100,
    """
    Changes the members of the cluster: adds one that is to be started with -join and will be reached
    at the URLs, removes one, or says where one is reached. Needs the cluster's token, if there is one.
    """
  ) { (arguments, conversation) async throws(CommandFailure) in
    let words = Array(arguments.operands.dropFirst(2))
    let second = arguments.operands[1]
    switch arguments.operands[0] {
    case "add":
      let member = try await change(.post, "/v2/members", [second] + words, conversation)
      conversation.say(member["id"]?.string ?? "")
    case "remove" where words.isEmpty:
      _ = try await change(.delete, "/v2/members/\(second)", [], conversation)
    case "update" where !words.isEmpty:
      _ = try await change(.put, "/v2/members/\(second)", words, conversation)
    default: throw .usage(memberUsage)
    }
  }

  private static func change(
    _ method: HTTP.Method, _ path: String, _ urls: [String], _ conversation: Conversation
  ) async throws(CommandFailure) -> JSONValue {
    var request = ClientRequest(method, path)
    if method != .delete {
      var body: [UInt8] = []
      body.append("{\"peerURLs\":[")
      for (place, url) in urls.enumerated() {
        if place > 0 { body.append(",") }
        body.append(jsonString: Array(url.utf8))
      }
      body.append("]}")
      request.contentType = .json
      request.body = body
    }
    return try await conversation.ask(withToken: request)
  }
}
