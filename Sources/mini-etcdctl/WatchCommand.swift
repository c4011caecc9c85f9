internal import HTTP
internal import JSON
internal import Options

extension Subcommand {
  static let watch = Subcommand(
    "watch", "KEY", takes: 1...1,
    """
    Waits until KEY changes, and prints how: the action, the key, and the value if it has one.
    """,
    [
      recursive,
      Flag("after", \.afterIndex, "begin with what came after that `index`, if it is still known"),
      Flag("forever", \.isForever, "go on waiting, also when no server can be reached for a while"),
    ]
  ) { (arguments, conversation) async throws(CommandFailure) in
    let last = arguments.afterIndex
    if let last, !(0..<Int.max).contains(last) {
      throw .usage("-after must be from 0 to \(Int.max - 1), not \(last)")
    }
    var watcher = Watcher(arguments, conversation)
    try await watcher.run(after: last, forever: arguments.isForever)
  }
}

/// Waits for events, one after the other, so that none in between is missed.
private struct Watcher {
  private static let shortestPause = Duration.milliseconds(100)
  private static let longestPause = Duration.seconds(2)

  private let key: [UInt8]
  private let parameters: Conversation.Parameters
  private let conversation: Conversation
  /// The first index that is waited for; nil if no server says where its store is.
  private var next: Int?

  init(_ arguments: Arguments, _ conversation: Conversation) {
    key = Subcommand.key(arguments)
    var parameters = [("wait", Subcommand.yes)]
    if arguments.isRecursive { parameters.append(("recursive", Subcommand.yes)) }
    self.parameters = parameters
    self.conversation = conversation
  }

  mutating func run(after last: Int?, forever: Bool) async throws(CommandFailure) {
    // Always from an index on: a watch that has to turn to another server then misses nothing. And
    // what waits for ever is not to wait for a server that never was there.
    if last == nil || forever { try await beginAtPresent() }
    if let last { next = last + 1 }
    repeat {
      if forever { try await waitPatiently() } else { try await wait() }
    } while forever
  }

  private mutating func beginAtPresent() async throws(CommandFailure) {
    next = try await conversation.position(at: key).index.map(Self.following)
  }

  /// Waits for one event and prints it.
  private mutating func wait() async throws(CommandFailure) {
    let index = next.map { [("waitIndex", Subcommand.text("\($0)"))] } ?? []
    let event = try await conversation.ask(.get, key: key, parameters + index, waits: true)
    let node = event["node"]
    let words = [event["action"], node?["key"], node?["value"]]
    conversation.say(words.compactMap { $0?.string }.joined(separator: " "))
    if let index = node?["modifiedIndex"]?.int64 { next = Self.following(Int(index)) }
  }

  /// Waits for one event, whatever happens to servers meanwhile.
  private mutating func waitPatiently() async throws(CommandFailure) {
    var pause = Self.shortestPause
    var isLost = false
    while true {
      do throws(CommandFailure) {
        if isLost { try await findPlace() }
        isLost = false
        return try await wait()
      } catch {
        switch error {
        case .cleared(let reason):
          conversation.note("events were missed: \(reason)")
          try await beginAtPresent()
        case .unanswered, .unknown:
          if pause == Self.shortestPause { conversation.note("\(error); trying again") }
          isLost = true
          // Cancelled: the program ends.
          guard (try? await Task.sleep(for: pause)) != nil else { throw error }
          pause = min(pause * 2, Self.longestPause)
        default: throw error
        }
      }
    }
  }

  /// After a break: sees that the store is still the one whose events were waited for.
  private mutating func findPlace() async throws(CommandFailure) {
    guard let index = try await conversation.position(at: key).index, let next else { return }
    if Self.following(index) < next {
      conversation.note(
        "the store's index went back from at least \(next - 1) to \(index): it is another one")
      self.next = Self.following(index)
    }
  }

  private static func following(_ index: Int) -> Int { index == .max ? .max : index + 1 }
}
