import Bytes

/// The flags of one program: what `-help` lists and what an argument list may set.
///
/// A program states its settings as a struct whose initial values are the defaults, and says once
/// which flag sets which property:
///
/// ```swift
/// struct Settings {
///   var listen = HostPort(host: "127.0.0.1", port: 8080)
///   var watchTimeout = Duration.seconds(30)
/// }
/// let settings = FlagSet(
///   "step-5-timeout-control", "A key-value store whose watchers do not wait for ever.",
///   defaults: Settings(),
///   [
///     Flag("listen", \.listen, "`host:port` to serve; :port is every interface"),
///     Flag("watch-timeout", \.watchTimeout, "how long /watch waits before it answers 408"),
///   ]
/// ).parseOrExit()
/// ```
///
/// The syntax is that of Go's `flag` package:
///
/// | argument               | meaning                                                          |
/// | ---------------------- | ---------------------------------------------------------------- |
/// | `-name value`          | sets a flag; one dash or two, it makes no difference             |
/// | `-name=value`          | the same; the value may be empty                                 |
/// | `-name`, `-name=false` | sets a boolean, which never takes the next argument              |
/// | `--`                   | ends the flags; what follows are operands                        |
/// | `-`, `word`            | the first operand: it ends the flags too                         |
/// | `-help`, `-h`          | asks for ``help``; nothing after it is read                      |
/// | `-version`             | asks for the version; nothing after it is read                   |
///
/// A flag given twice has its last value. A flag that is not given has the value of its environment
/// variable, if that is set and not empty: ``variable(of:)``. Parsing is pure; ``parseOrExit(_:)``
/// is the thin part that prints and exits.
public struct FlagSet<Settings: Sendable>: Sendable {
  /// The program's name, as people type it.
  public let program: String
  let summary: String
  let version: String
  let defaults: Settings
  let flags: [Flag<Settings>]
  let operands: Operands<Settings>?
  let variablePrefix: String?

  /// - Parameters:
  ///   - summary: one sentence, the first line of ``help``.
  ///   - version: what `-version` prints after the program's name.
  ///   - defaults: the settings of a program started without arguments.
  ///   - variablePrefix: what the names of the flags' environment variables begin with; nil for
  ///     flags without. The servers share a prefix, so a variable set for one step works for the
  ///     next.
  ///   - operands: receives the arguments that are not flags; without it they are an error.
  ///   - flags: in the order in which ``help`` lists them. Each name once: a doubled one traps.
  public init(
    _ program: String, _ summary: String, version: String = release, defaults: Settings,
    variablePrefix: String? = "MINI_ETCD_", operands: Operands<Settings>? = nil,
    _ flags: [Flag<Settings>]
  ) {
    let names = flags.map(\.name) + ["help", "h", "version"]
    precondition(Set(names).count == names.count, "\(program) declares a flag twice")
    self.program = program
    self.summary = summary
    self.version = version
    self.defaults = defaults
    self.flags = flags
    self.operands = operands
    self.variablePrefix = variablePrefix
  }

  /// What an argument list asks for.
  public enum Request {
    case run(Settings)
    case help
    case version
  }

  /// Reads the arguments that follow the program's name, left to right, and then the variables of
  /// the flags that are not among them, as etcd does.
  ///
  /// - Parameter environment: the process's variables, by name.
  public func parse(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws(UsageError) -> Request {
    var settings = defaults
    var given: Set<String> = []
    var rest = arguments[...]
    while let argument = rest.first, let flag = try Self.split(argument) {
      rest.removeFirst()
      guard case .flag(let name, let attached) = flag else { break }
      if name == "help" || name == "h" { return .help }
      if name == "version" { return .version }
      guard let flag = flags.first(where: { $0.name == name }) else {
        throw .unknownFlag(name)
      }
      guard let value = attached ?? flag.impliedValue ?? rest.popFirst() else {
        throw .missingValue(flag: name)
      }
      do {
        try flag.assign(&settings, value)
      } catch {
        throw .invalidValue(value, flag: name, reason: error.reason)
      }
      given.insert(name)
    }
    for flag in flags where !given.contains(flag.name) {
      guard let variable = variable(of: flag.name), let value = environment[variable],
        !value.isEmpty
      else { continue }
      do {
        try flag.assign(&settings, value)
      } catch {
        throw .invalidVariable(value, name: variable, reason: error.reason)
      }
    }
    guard let operands else {
      if let stray = rest.first { throw .unexpectedArgument(stray) }
      return .run(settings)
    }
    operands.assign(&settings, Array(rest))
    return .run(settings)
  }

  /// An argument that begins with a dash, taken apart.
  private enum DashedArgument {
    case flag(name: String, value: String?)
    case terminator
  }

  /// Splits `--name=value`; nil for an operand.
  ///
  /// Works on bytes: to `Character`, a "=" followed by a combining accent is not a "=".
  private static func split(_ argument: String) throws(UsageError) -> DashedArgument? {
    var text = argument.utf8[...]
    guard text.popFirst() == UInt8(ascii: "-"), let second = text.first else { return nil }
    if second == UInt8(ascii: "-") {
      text.removeFirst()
      if text.isEmpty { return .terminator }
    }
    let name = text.prefix { $0 != UInt8(ascii: "=") }
    guard let initial = name.first, initial != UInt8(ascii: "-") else {
      throw .malformedFlag(argument)
    }
    let value = text.dropFirst(name.count + 1)
    return .flag(
      name: String(Substring(name)),
      value: name.count == text.count ? nil : String(Substring(value)))
  }
}

/// Receives a program's operands: the arguments that are not flags.
public struct Operands<Settings: Sendable>: Sendable {
  let placeholder: String
  let assign: @Sendable (inout Settings, [String]) -> Void

  /// - Parameters:
  ///   - property: receives every operand, in order.
  ///   - placeholder: how ``FlagSet/help`` shows them, such as `command [argument ...]`.
  public init(
    _ property: any WritableKeyPath<Settings, [String]> & Sendable, _ placeholder: String
  ) {
    self.placeholder = placeholder
    assign = { settings, operands in settings[keyPath: property] = operands }
  }
}
