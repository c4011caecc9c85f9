internal import HTTP
internal import JSON
internal import Options

// Commands about keys: they print values, as scripts want them.

extension Subcommand {
  static let keyCommands = [
    Subcommand("set", "KEY [VALUE]", takes: 1...2, "Writes VALUE under KEY. \(fromInput)", [ttl]) {
      (arguments, conversation) async throws(CommandFailure) in
      try await write(value(arguments, conversation), arguments, conversation, [])
    },
    Subcommand(
      "get", "KEY", takes: 1...1, "Prints the value of KEY.",
      [Flag("raw", \.isRaw, "print the value's bytes alone, without a line end behind them")]
    ) { (arguments, conversation) async throws(CommandFailure) in
      let answer = try await conversation.ask(
        .get, key: key(arguments), [("quorum", yes)] + exactly(conversation))
      guard let value = answer["node"]?["value"]?.blob else {
        throw .refused("\(answer["node"]?["key"]?.string ?? "/") is a directory")
      }
      if arguments.isRaw { conversation.sayExactly(value) } else { conversation.say(value) }
    },
    Subcommand(
      "del", "KEY", takes: 1...1, "Removes KEY.",
      [Flag("dir", \.isDirectory, "it may be an empty directory"), recursive]
    ) { (arguments, conversation) async throws(CommandFailure) in
      var parameters: Conversation.Parameters = []
      if arguments.isDirectory { parameters.append(("dir", yes)) }
      if arguments.isRecursive { parameters.append(("recursive", yes)) }
      _ = try await conversation.ask(.delete, key: key(arguments), parameters)
    },
    Subcommand("ls", "[DIR]", takes: 0...1, "Prints the keys in DIR, or in all.", [recursive]) {
      (arguments, conversation) async throws(CommandFailure) in
      var parameters = [("sorted", yes), ("quorum", yes)] + exactly(conversation)
      if arguments.isRecursive { parameters.append(("recursive", yes)) }
      let answer = try await conversation.ask(.get, key: key(arguments), parameters)
      if let node = answer["node"] { list(node, conversation) }
    },
    Subcommand(
      "mk", "KEY [VALUE]", takes: 1...2,
      "Writes VALUE under KEY if there is none yet. \(fromInput)",
      [
        Flag("in-order", \.isInOrder, "make a key in the directory KEY, named by its age"), ttl,
      ]
    ) { (arguments, conversation) async throws(CommandFailure) in
      let value = try value(arguments, conversation)
      guard arguments.isInOrder else {
        return try await write(value, arguments, conversation, [("prevExist", no)])
      }
      let answer = try await conversation.ask(
        .post, key: key(arguments), [("value", value)] + timeToLive(arguments))
      if let key = answer["node"]?["key"]?.string { conversation.say(key) }
    },
    Subcommand("mkdir", "DIR", takes: 1...1, "Makes a directory where there is nothing yet.", [ttl])
    {
      (arguments, conversation) async throws(CommandFailure) in
      _ = try await conversation.ask(
        .put, key: key(arguments), [("dir", yes), ("prevExist", no)] + timeToLive(arguments))
    },
    Subcommand(
      "update", "KEY [VALUE]", takes: 1...2, "Writes VALUE if there is a KEY. \(fromInput)", [ttl]
    ) { (arguments, conversation) async throws(CommandFailure) in
      try await write(
        value(arguments, conversation), arguments, conversation, [("prevExist", yes)])
    },
    Subcommand(
      "cas", "KEY OLD NEW", takes: 2...3,
      """
      Writes NEW under KEY if its value is OLD (compare and swap); with -index, KEY NEW, if it was
      last changed at that index.
      """,
      [Flag("index", \.previousIndex, "the modifiedIndex to compare with"), ttl]
    ) { (arguments, conversation) async throws(CommandFailure) in
      let words = arguments.operands
      var comparison: Conversation.Parameters = []
      if let index = arguments.previousIndex { comparison.append(("prevIndex", text("\(index)"))) }
      if words.count == 3 {
        if words[1].isEmpty { throw .usage("an empty value cannot be compared; use -index") }
        comparison.append(("prevValue", text(words[1])))
      }
      if comparison.isEmpty { throw .usage("usage: mini-etcdctl cas KEY OLD NEW") }
      try await write(text(words[words.count - 1]), arguments, conversation, comparison)
    },
  ]

  static let recursive = Flag<Arguments>(
    "recursive", \.isRecursive, "with everything beneath")
  private static let ttl = Flag<Arguments>(
    "ttl", \.timeToLive, "`seconds` until it vanishes")
  private static let fromInput = "Without VALUE it is all of standard input,\nbyte for byte."

  // MARK: Words as bytes

  static let yes = text("true")
  static let no = text("false")

  static func text(_ word: String) -> [UInt8] { Array(word.utf8) }

  /// The key that is named first, or the root.
  static func key(_ arguments: Arguments) -> [UInt8] { text(arguments.operands.first ?? "/") }

  /// Asks a mini-etcd for keys and values that are not UTF-8 in a form that keeps their bytes. Etcd
  /// does not know it, and puts U+FFFD in place of such bytes.
  static func exactly(_ conversation: Conversation) -> Conversation.Parameters {
    conversation.isJSON ? [] : [("b64", yes)]
  }

  /// The value that is named second, or read.
  private static func value(
    _ arguments: Arguments, _ conversation: Conversation
  ) throws(CommandFailure) -> [UInt8] {
    if arguments.operands.count > 1 { return text(arguments.operands[1]) }
    // As etcdctl has it: nothing to read is more likely a mistake than an empty value.
    guard let input = conversation.input(), !input.isEmpty else {
      throw .usage("VALUE must be an argument or come from standard input, which is empty")
    }
    return input
  }

  private static func timeToLive(_ arguments: Arguments) -> Conversation.Parameters {
    arguments.timeToLive.map { [("ttl", text("\($0)"))] } ?? []
  }

  /// Puts a value under the first operand, on a condition, and prints what is there then.
  private static func write(
    _ value: [UInt8], _ arguments: Arguments, _ conversation: Conversation,
    _ condition: Conversation.Parameters
  ) async throws(CommandFailure) {
    let answer = try await conversation.ask(
      .put, key: key(arguments), [("value", value)] + condition + timeToLive(arguments))
    if let value = answer["node"]?["value"]?.string { conversation.say(value) }
  }

  /// Prints the keys beneath a node, directories with a slash at their end.
  private static func list(_ node: JSONValue, _ conversation: Conversation) {
    guard node["nodes"] != nil else {
      if node["value"] != nil, let key = node["key"]?.blob { conversation.say(key) }
      return
    }
    for node in nodes(beneath: node) {
      conversation.say((node["key"]?.blob ?? []) + (node["dir"]?.bool == true ? text("/") : []))
    }
  }

  /// What is beneath a node, a directory before what is in it.
  static func nodes(beneath node: JSONValue) -> [JSONValue] {
    var found: [JSONValue] = []
    // Those whose turn is still to come, the next one last.
    var rest = [node]
    while let next = rest.popLast() {
      found.append(next)
      if let nodes = next["nodes"] { rest += Array(nodes.elements).reversed() }
    }
    return Array(found.dropFirst())
  }
}
