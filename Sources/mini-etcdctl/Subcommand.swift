internal import HTTP
internal import Loop
internal import Options
internal import Platform

/// What a command's own flags and arguments say; each command knows only some of the flags.
struct Arguments: Sendable {
  var timeToLive: Int?
  var isDirectory = false
  var isRecursive = false
  var isInOrder = false
  var previousIndex: Int?
  var afterIndex: Int?
  var isForever = false
  var isRaw = false
  var operands: [String] = []
}

/// A command: its name, how it is called, and what it does.
struct Subcommand: Sendable {
  typealias Run = @Sendable (Arguments, Conversation) async throws(CommandFailure) -> Void

  let name: String
  let operands: String
  let summary: String
  /// How many arguments it takes.
  let count: ClosedRange<Int>
  let flags: [Flag<Arguments>]
  let action: Run

  init(
    _ name: String, _ operands: String, takes count: ClosedRange<Int>, _ summary: String,
    _ flags: [Flag<Arguments>] = [], _ action: @escaping Run
  ) {
    self.name = name
    self.operands = operands
    self.summary = summary
    self.count = count
    self.flags = flags
    self.action = action
  }

  static let all =
    keyCommands + [watch] + transferCommands + clusterCommands
    + [membership, snapshot]

  /// How it is called, and what it does, as the program's help has it.
  var help: String {
    let words = operands.isEmpty ? name : "\(name) \(operands)"
    return "  \(words)\n        \(summary.replacing("\n", with: "\n        "))"
  }

  private var flagSet: FlagSet<Arguments> {
    FlagSet(
      "mini-etcdctl \(name)", summary, defaults: Arguments(), variablePrefix: nil,
      operands: Operands(\.operands, operands), flags)
  }

  /// A command with its arguments, ready to be run.
  struct Call {
    let command: Subcommand
    let arguments: Arguments

    /// Runs it on a loop of its own.
    func run(by settings: Settings, _ streams: Conversation.Streams) async throws(CommandFailure) {
      let loop: EventLoop
      do { loop = try EventLoop.start() } catch { throw .unanswered(["\(error)"]) }
      defer { loop.shutDown() }
      let (command, arguments) = (command, arguments)
      let result = await loop.run {
        let client = Client(
          settings.endpoints, timeout: settings.timeout, headers: settings.headers)
        let conversation = Conversation(
          client, token: settings.token, isJSON: settings.json, streams)
        do throws(CommandFailure) {
          try await command.action(arguments, conversation)
          return Result<Void, CommandFailure>.success(())
        } catch {
          return .failure(error)
        }
      }
      try result.get()
    }
  }

  /// Finds the command that `words` begin with and reads its flags.
  static func parse(_ words: [String]) throws(CommandFailure) -> Request {
    guard let name = words.first else { throw .usage("a command must be given") }
    guard let command = all.first(where: { $0.name == name }) else {
      throw .usage("unknown command \(name.debugDescription)")
    }
    do {
      switch try command.flagSet.parse(Array(words.dropFirst())) {
      case .run(let arguments): return .call(try command.call(with: arguments))
      case .help: return .help(command.flagSet.help)
      case .version: return .help("mini-etcdctl \(release)\n")
      }
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      var hint = ""
      if case .unknownFlag(let flag) = error as? UsageError, Settings.hasFlag(flag) {
        hint = "; it must come before the command"
      }
      throw .usage("\(name): \(error)\(hint)")
    }
  }

  /// What the words after the program's own flags ask for.
  enum Request {
    case call(Call)
    /// A text to print.
    case help(String)
  }

  /// The call that the command line asks for, or the end of the program.
  static func parseOrExit(_ settings: Settings) -> Call {
    do throws(CommandFailure) {
      switch try parse(settings.command) {
      case .call(let call): return call
      case .help(let text): StandardOutput.write(Array(text.utf8))
      }
      exit(0)
    } catch {
      Settings.flags.refuse("\(error)")
    }
  }

  func call(with arguments: Arguments) throws(CommandFailure) -> Call {
    guard count.contains(arguments.operands.count) else {
      let late = arguments.operands.first { $0.hasPrefix("-") && $0 != "-" }
      let hint = late.map { "; flags such as \($0) must come before \(operands)" } ?? ""
      throw .usage("usage: mini-etcdctl \(name) \(operands)\(hint)")
    }
    return Call(command: self, arguments: arguments)
  }
}
