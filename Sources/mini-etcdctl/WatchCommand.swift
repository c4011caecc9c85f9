internal import HTTP
internal import JSON
internal import Options

extension Command {
  static let watch = Command(
    "watch", "KEY", takes: 1...1,
    """
    Waits until KEY changes, and prints how: the action, the key, and the value if it has one.
    """,
    [
      recursive,
      Flag("after", \.afterIndex, "begin with what came after that `index`, if it is still known"),
      Flag("forever", \.isForever, "go on waiting"),
    ]
  ) { (arguments, conversation) async throws(Failure) in
    var parameters = [("wait", "true")]
    if arguments.isRecursive { parameters.append(("recursive", "true")) }
    let key = arguments.operands[0]
    // Always from an index on: whoever has to ask another server in the middle of a wait misses nothing.
    var last = arguments.afterIndex
    if last == nil { last = try await conversation.storeIndex(at: key) }
    var next = last.map { $0 + 1 }
    repeat {
      let event = try await conversation.ask(
        .get, key: key,
        parameters + (next.map { [("waitIndex", "\($0)")] } ?? []), waits: true)
      let node = event["node"]
      let words = [event["action"], node?["key"], node?["value"]]
      conversation.say(words.compactMap { $0?.string }.joined(separator: " "))
      // Each wait begins where the last one ended, so that nothing in between is missed.
      next = node?["modifiedIndex"]?.int64.map { Int($0) + 1 }
    } while arguments.isForever
  }
}
