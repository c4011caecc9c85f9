internal import HTTP
internal import JSON
internal import Options

// Commands about keys: they print values, as scripts want them.

extension Command {
  static let keyCommands = [
    Command("set", "KEY VALUE", takes: 2...2, "Writes VALUE under KEY.", [ttl]) {
      (arguments, conversation) async throws(Failure) in
      try await write(arguments, conversation, [])
    },
    Command("get", "KEY", takes: 1...1, "Prints the value of KEY.") {
      (arguments, conversation) async throws(Failure) in
      let answer = try await conversation.ask(
        .get, key: arguments.operands[0], [("quorum", "true")])
      guard let value = answer["node"]?["value"]?.string else {
        throw .refused("\(answer["node"]?["key"]?.string ?? "/") is a directory")
      }
      conversation.say(value)
    },
    Command(
      "del", "KEY", takes: 1...1, "Removes KEY.",
      [Flag("dir", \.isDirectory, "it may be an empty directory"), recursive]
    ) { (arguments, conversation) async throws(Failure) in
      var parameters: [(String, String)] = []
      if arguments.isDirectory { parameters.append(("dir", "true")) }
      if arguments.isRecursive { parameters.append(("recursive", "true")) }
      _ = try await conversation.ask(.delete, key: arguments.operands[0], parameters)
    },
    Command("ls", "[DIR]", takes: 0...1, "Prints the keys in DIR, or in all.", [recursive]) {
      (arguments, conversation) async throws(Failure) in
      var parameters = [("sorted", "true"), ("quorum", "true")]
      if arguments.isRecursive { parameters.append(("recursive", "true")) }
      let answer = try await conversation.ask(
        .get, key: arguments.operands.first ?? "/", parameters)
      if let node = answer["node"] { list(node, conversation) }
    },
    Command(
      "mk", "KEY VALUE", takes: 2...2, "Writes VALUE under KEY if there is none yet.",
      [
        Flag("in-order", \.isInOrder, "make a key in the directory KEY, named by its age"), ttl,
      ]
    ) { (arguments, conversation) async throws(Failure) in
      guard arguments.isInOrder else {
        return try await write(arguments, conversation, [("prevExist", "false")])
      }
      let answer = try await conversation.ask(
        .post, key: arguments.operands[0],
        [("value", arguments.operands[1])] + timeToLive(arguments))
      if let key = answer["node"]?["key"]?.string { conversation.say(key) }
    },
    Command("mkdir", "DIR", takes: 1...1, "Makes a directory where there is nothing yet.", [ttl]) {
      (arguments, conversation) async throws(Failure) in
      _ = try await conversation.ask(
        .put, key: arguments.operands[0],
        [("dir", "true"), ("prevExist", "false")] + timeToLive(arguments))
    },
    Command("update", "KEY VALUE", takes: 2...2, "Writes VALUE if there is a KEY.", [ttl]) {
      (arguments, conversation) async throws(Failure) in
      try await write(arguments, conversation, [("prevExist", "true")])
    },
    Command(
      "cas", "KEY OLD NEW", takes: 2...3,
      """
      Writes NEW under KEY if its value is OLD (compare and swap); with -index, KEY NEW, if it was
      last changed at that index.
      """,
      [Flag("index", \.previousIndex, "the modifiedIndex to compare with"), ttl]
    ) { (arguments, conversation) async throws(Failure) in
      var arguments = arguments
      var comparison: [(String, String)] = []
      if let index = arguments.previousIndex { comparison.append(("prevIndex", "\(index)")) }
      if arguments.operands.count == 3 {
        let old = arguments.operands.remove(at: 1)
        if old.isEmpty { throw .usage("an empty value cannot be compared; use -index") }
        comparison.append(("prevValue", old))
      }
      if comparison.isEmpty { throw .usage("usage: mini-etcdctl cas KEY OLD NEW") }
      try await write(arguments, conversation, comparison)
    },
  ]

  static let recursive = Flag<Arguments>(
    "recursive", \.isRecursive, "with everything beneath")
  private static let ttl = Flag<Arguments>(
    "ttl", \.timeToLive, "`seconds` until it vanishes")

  private static func timeToLive(_ arguments: Arguments) -> [(String, String)] {
    arguments.timeToLive.map { [("ttl", "\($0)")] } ?? []
  }

  /// Puts the second operand under the first, on a condition, and prints what stands there then.
  private static func write(
    _ arguments: Arguments, _ conversation: Conversation, _ condition: [(String, String)]
  ) async throws(Failure) {
    let answer = try await conversation.ask(
      .put, key: arguments.operands[0],
      [("value", arguments.operands[1])] + condition + timeToLive(arguments))
    if let value = answer["node"]?["value"]?.string { conversation.say(value) }
  }

  /// Prints the keys beneath a node, directories with a slash at their end.
  private static func list(_ node: JSONValue, _ conversation: Conversation) {
    guard let nodes = node["nodes"] else {
      if node["value"] != nil, let key = node["key"]?.string { conversation.say(key) }
      return
    }
    // Those still to be printed, the next one last.
    var rest = Array(nodes.elements).reversed() as [JSONValue]
    while let next = rest.popLast() {
      let isDirectory = next["dir"]?.bool == true
      conversation.say((next["key"]?.string ?? "") + (isDirectory ? "/" : ""))
      if let nodes = next["nodes"] { rest += Array(nodes.elements).reversed() }
    }
  }
}
